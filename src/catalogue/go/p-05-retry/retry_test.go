package retry

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errBusy    = errors.New("busy")
	errInvalid = errors.New("invalid")
)

func policy() Policy {
	return Policy{
		Attempts:  3,
		Base:      time.Second,
		Cap:       2 * time.Second,
		Retryable: func(err error) bool { return !errors.Is(err, errInvalid) },
		Budget:    &Budget{Ratio: 10, Most: 100},
	}
}

// failing answers with err until the call with the given number, and notes when it was called.
func failing(err error, until int, calls *[]time.Time) func(context.Context) error {
	return func(context.Context) error {
		*calls = append(*calls, time.Now())
		if len(*calls) >= until {
			return nil
		}
		return err
	}
}

func TestSucceedsAfterFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []time.Time
		if err := policy().Do(t.Context(), failing(errBusy, 3, &calls)); err != nil || len(calls) != 3 {
			t.Errorf("%d calls, %v", len(calls), err)
		}
	})
}

func TestNoSleepAfterTheLastFailureAndTheCauseIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []time.Time
		err := policy().Do(t.Context(), failing(errBusy, 100, &calls))
		if !errors.Is(err, errBusy) {
			t.Errorf("the cause is lost: %v", err)
		}
		if len(calls) != 3 {
			t.Errorf("%d calls", len(calls))
		}
		if since := time.Since(calls[2]); since != 0 {
			t.Errorf("slept %v after the last failure", since)
		}
	})
}

func TestPausesAreRandomAndCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy()
		p.Attempts = 6
		seen := map[time.Duration]bool{}
		for range 20 {
			var calls []time.Time
			p.Do(t.Context(), failing(errBusy, 100, &calls))
			for i := 1; i < len(calls); i++ {
				pause := calls[i].Sub(calls[i-1])
				if limit := min(time.Second<<(i-1), p.Cap); pause > limit {
					t.Errorf("pause %d took %v, at most %v", i, pause, limit)
				}
				seen[pause] = true
			}
		}
		if len(seen) < 50 {
			t.Errorf("100 pauses with only %d lengths", len(seen))
		}
	})
}

func TestPermanentErrorsAreNotRetried(t *testing.T) {
	var calls []time.Time
	err := policy().Do(t.Context(), failing(errInvalid, 100, &calls))
	if !errors.Is(err, errInvalid) || len(calls) != 1 {
		t.Errorf("%d calls, %v", len(calls), err)
	}
}

func TestCancellationEndsThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy()
		p.Base, p.Cap = time.Hour, time.Hour
		errLeft := errors.New("the user left")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Nanosecond, func() { cancel(errLeft) })
		var calls []time.Time
		err := p.Do(ctx, failing(errBusy, 100, &calls))
		if !errors.Is(err, errBusy) || !errors.Is(err, errLeft) || len(calls) != 1 {
			t.Errorf("%d calls, %v", len(calls), err)
		}
		if since := time.Since(calls[0]); since != time.Nanosecond {
			t.Errorf("went on sleeping for %v", since)
		}
	})
}

func TestDoesNotWaitForAMomentBeyondTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := policy().Do(ctx, func(context.Context) error { return wanted{2 * time.Second} })
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, new(wanted)) {
			t.Error(err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %v for nothing", waited)
		}
	})
}

type wanted struct{ after time.Duration }

func (w wanted) Error() string             { return "too many requests" }
func (w wanted) RetryAfter() time.Duration { return w.after }

func TestServersSayWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []time.Time
		policy().Do(t.Context(), failing(wanted{10 * time.Second}, 2, &calls))
		if pause := calls[1].Sub(calls[0]); pause < 10*time.Second || pause > 11*time.Second {
			t.Errorf("asked for 10 s, waited %v", pause)
		}
	})
}

func TestBudgetBoundsRetriesOfManyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy()
		p.Budget = &Budget{Ratio: 0.1, Most: 5}
		var calls []time.Time
		var last error
		for range 200 {
			last = p.Do(t.Context(), failing(errBusy, 1<<30, &calls))
		}
		if retries := len(calls) - 200; retries < 15 || retries > 20 {
			t.Errorf("%d retries for 200 calls at one in ten", retries)
		}
		if !errors.Is(last, errBusy) || !strings.Contains(last.Error(), "budget") {
			t.Error(last)
		}
	})
}

func TestHugeCeilingsDoNotOverflow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := policy()
		p.Attempts, p.Base, p.Cap = 80, time.Millisecond, time.Minute
		p.Budget = &Budget{Ratio: 100, Most: 100}
		var calls []time.Time
		if err := p.Do(t.Context(), failing(errBusy, 80, &calls)); err != nil {
			t.Error(err)
		}
	})
}
