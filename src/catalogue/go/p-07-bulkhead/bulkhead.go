// Package bulkhead bounds how much of a process one dependency can occupy.
package bulkhead

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// ErrFull is returned when no slot became free while a caller could wait.
var ErrFull = errors.New("too many calls at once")

type Bulkhead struct {
	slots chan struct{}
	wait  time.Duration
}

// New makes a bulkhead for limit calls at once; others wait that long for a slot, zero: not at all.
func New(limit int, wait time.Duration) *Bulkhead {
	return &Bulkhead{slots: make(chan struct{}, limit), wait: wait}
}

// Do runs call in the caller's goroutine. The slot is held until call has returned, because until
// then it occupies the dependency, whatever the caller has decided; a panic frees it, too.
func (b *Bulkhead) Do(ctx context.Context, call func(context.Context) error) error {
	if err := b.acquire(ctx); err != nil {
		return err
	}
	defer b.release()
	return call(ctx)
}

// Detach is for calls that do not heed their context, such as old drivers: the caller leaves when
// its context is over, the call goes on in a goroutine and keeps its slot until it ends. So at most
// limit goroutines exist. A panic would end the process there; it becomes an error instead.
func (b *Bulkhead) Detach(ctx context.Context, call func(context.Context) error) error {
	if err := b.acquire(ctx); err != nil {
		return err
	}
	done := make(chan error, 1) // room for the result of a call nobody waits for
	go func() {
		defer b.release()
		defer func() {
			if cause := recover(); cause != nil {
				done <- fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		done <- call(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Busy says how many slots are taken, for a metric.
func (b *Bulkhead) Busy() int { return len(b.slots) }

func (b *Bulkhead) release() { <-b.slots }

func (b *Bulkhead) acquire(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case b.slots <- struct{}{}:
		return nil
	default:
	}
	if b.wait <= 0 {
		return ErrFull
	}
	timer := time.NewTimer(b.wait)
	defer timer.Stop()
	select {
	case b.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return ErrFull
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrFull, context.Cause(ctx))
	}
}
