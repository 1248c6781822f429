// Package retry repeats a call that failed for a passing reason: a few times, at random moments,
// and only while retries stay a small share of all calls.
package retry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Budget bounds the retries of all callers that share it: each call earns a fraction of a retry.
type Budget struct {
	Ratio float64 // 0.1: one retry for ten calls
	Most  float64 // what can be saved up

	mu     sync.Mutex
	tokens float64
}

func (b *Budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(b.tokens+b.Ratio, b.Most)
}

func (b *Budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

type Policy struct {
	Attempts  int              // all calls, the first included
	Base, Cap time.Duration    // the first pause is at most Base, each later one twice that, never above Cap
	Retryable func(error) bool // whether trying again can help
	Budget    *Budget
}

// Do calls until it succeeds or must stop. The error it returns wraps the last cause.
// What is retried has to be idempotent.
func (p Policy) Do(ctx context.Context, call func(context.Context) error) error {
	p.Budget.earn()
	ceiling := min(p.Base, p.Cap)
	for attempt := 1; ; attempt++ {
		err := call(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil || !p.Retryable(err):
			return err
		case attempt >= p.Attempts:
			return fmt.Errorf("failed %d times: %w", attempt, err)
		case !p.Budget.spend():
			return fmt.Errorf("failed %d times, no retries left in the budget: %w", attempt, err)
		}
		if stopped := pause(ctx, wait(err, ceiling)); stopped != nil {
			return fmt.Errorf("failed %d times: %w; did not try again: %w", attempt, err, stopped)
		}
		ceiling = min(2*ceiling, p.Cap)
	}
}

// wait is a random moment below the ceiling (full jitter), but not before the one the server asked for.
func wait(err error, ceiling time.Duration) time.Duration {
	random := rand.N(ceiling + 1)
	var asked interface{ RetryAfter() time.Duration }
	if errors.As(err, &asked) {
		return asked.RetryAfter() + random
	}
	return random
}

// pause sleeps, unless the context would be over first: then it does not even begin.
func pause(ctx context.Context, length time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= length {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
