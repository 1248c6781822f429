// Package worker lets a fixed number of workers take messages from one queue.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// ErrReject marks a message that no repetition will help: it belongs in the dead-letter queue.
var ErrReject = errors.New("message rejected")

// Message is one delivery. Until it is settled the broker keeps it and will deliver it again.
type Message interface {
	Data() []byte
	Deliveries() int // 1 the first time
	Ack(context.Context) error
	Retry(ctx context.Context, after time.Duration) error
	Reject(ctx context.Context, reason string) error
}

type Pool struct {
	Workers int
	Receive func(context.Context) (Message, error) // waits for the next; what is not taken stays queued
	Handle  func(context.Context, []byte) error    // idempotent: a message may come twice
	Timeout time.Duration                          // for Handle; shorter than the broker waits for the answer
	Backoff time.Duration                          // after the first failure; doubles up to 64 times that
}

// Run takes messages until ctx is over, finishes those in hand, and returns.
func (p *Pool) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for range p.Workers {
		workers.Go(func() { p.work(ctx) })
	}
	workers.Wait()
}

func (p *Pool) work(ctx context.Context) {
	for ctx.Err() == nil {
		message, err := p.Receive(ctx)
		if err != nil {
			if ctx.Err() == nil {
				slog.ErrorContext(ctx, "receive", "err", err)
			}
			select { // do not spin while the broker is away
			case <-ctx.Done():
			case <-time.After(p.Backoff):
			}
			continue
		}
		p.settle(context.WithoutCancel(ctx), message) // a shutdown does not interrupt work in hand
	}
}

func (p *Pool) settle(ctx context.Context, m Message) {
	handling, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	err := p.handle(handling, m.Data())
	settling, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	var settled error
	switch {
	case err == nil:
		settled = m.Ack(settling)
	case errors.Is(err, ErrReject):
		settled = m.Reject(settling, err.Error())
	default:
		settled = m.Retry(settling, p.Backoff<<min(max(m.Deliveries()-1, 0), 6))
	}
	if err != nil || settled != nil { // not settled: it comes again, which Handle is ready for
		slog.WarnContext(ctx, "message", "deliveries", m.Deliveries(), "err", err, "settled", settled)
	}
}

func (p *Pool) handle(ctx context.Context, data []byte) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return p.Handle(ctx, data)
}
