// Package breaker stops calls to a dependency that keeps failing and sends a few probes to learn
// when it works again.
package breaker

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrOpen is returned at once, without a call, while the breaker is open.
var ErrOpen = errors.New("circuit breaker is open")

type Config struct {
	Window    int              // how many of the last calls are judged
	Threshold int              // failures among them that open the breaker
	Cooldown  time.Duration    // how long it stays open before it probes
	Probes    int              // calls let through after that; all must succeed to close it
	Failure   func(error) bool // whether an error speaks against the dependency; nil: each does
}

type Breaker struct {
	config Config

	mu               sync.Mutex // guards what follows; never held during a call
	epoch            uint64     // grows when it opens or closes: results from before do not count
	openUntil        time.Time  // zero while closed
	window           []bool     // the last results while closed, true for a failure
	next, failures   int
	admitted, passed int // probes once openUntil is over
}

func New(config Config) *Breaker {
	return &Breaker{config: config, window: make([]bool, config.Window)}
}

// Do runs call unless the breaker is open. A panic counts as a failure and goes on to the caller.
// A caller that cancels says nothing about the dependency; a deadline that passes does.
func (b *Breaker) Do(ctx context.Context, call func(context.Context) error) error {
	epoch, err := b.admit()
	if err != nil {
		return err
	}
	counts, failed := true, true // what a panic leaves behind
	defer func() { b.report(epoch, counts, failed) }()
	err = call(ctx)
	counts = err == nil || !errors.Is(ctx.Err(), context.Canceled)
	failed = err != nil && (b.config.Failure == nil || b.config.Failure(err))
	return err
}

func (b *Breaker) admit() (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.openUntil.IsZero() {
		if time.Now().Before(b.openUntil) || b.admitted == b.config.Probes {
			return 0, ErrOpen
		}
		b.admitted++
	}
	return b.epoch, nil
}

func (b *Breaker) report(epoch uint64, counts, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	probing := !b.openUntil.IsZero()
	switch {
	case epoch != b.epoch:
	case !counts:
		b.admitted = max(0, b.admitted-1) // another caller may probe instead
	case probing && failed:
		b.begin(time.Now().Add(b.config.Cooldown))
	case probing:
		if b.passed++; b.passed == b.config.Probes {
			b.begin(time.Time{})
		}
	default:
		if b.window[b.next] {
			b.failures--
		}
		if b.window[b.next] = failed; failed {
			b.failures++
		}
		b.next = (b.next + 1) % len(b.window)
		if b.failures >= b.config.Threshold {
			b.begin(time.Now().Add(b.config.Cooldown))
		}
	}
}

// begin starts an epoch: open until then, or closed for the zero time.
func (b *Breaker) begin(openUntil time.Time) {
	b.epoch++
	b.openUntil = openUntil
	b.admitted, b.passed, b.next, b.failures = 0, 0, 0, 0
	clear(b.window)
}
