package breaker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errDown = errors.New("dependency is down")

func config() Config {
	return Config{Window: 10, Threshold: 5, Cooldown: time.Second, Probes: 1}
}

func fail(context.Context) error    { return errDown }
func succeed(context.Context) error { return nil }

func opened(t *testing.T, b *Breaker) {
	t.Helper()
	for range b.config.Threshold {
		if err := b.Do(t.Context(), fail); !errors.Is(err, errDown) {
			t.Fatalf("while closed the cause comes through, got %v", err)
		}
	}
	if err := b.Do(t.Context(), succeed); !errors.Is(err, ErrOpen) {
		t.Fatalf("open after %d failures, got %v", b.config.Threshold, err)
	}
}

func TestCallsRunInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(config())
		var group sync.WaitGroup
		var running, most atomic.Int64
		start := time.Now()
		for range 20 {
			group.Go(func() {
				err := b.Do(t.Context(), func(context.Context) error {
					now := running.Add(1)
					defer running.Add(-1)
					for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
					}
					time.Sleep(50 * time.Millisecond)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if elapsed := time.Since(start); elapsed != 50*time.Millisecond || most.Load() != 20 {
			t.Errorf("20 calls of 50 ms took %v with %d at once", elapsed, most.Load())
		}
	})
}

func TestOnlyRecentFailuresOpen(t *testing.T) {
	b := New(config())
	for range 4 {
		b.Do(t.Context(), fail)
	}
	for range 10 {
		b.Do(t.Context(), succeed)
	}
	for range 4 {
		b.Do(t.Context(), fail)
	}
	if err := b.Do(t.Context(), succeed); err != nil {
		t.Errorf("4 of the last 10 failed, 5 open it: %v", err)
	}
}

func TestOneProbeAndTheOthersFailFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(config())
		opened(t, b)
		time.Sleep(time.Second)
		release := make(chan struct{})
		probe := make(chan error, 1)
		go func() {
			probe <- b.Do(t.Context(), func(context.Context) error { <-release; return nil })
		}()
		synctest.Wait()
		start := time.Now()
		for range 10 {
			if err := b.Do(t.Context(), succeed); !errors.Is(err, ErrOpen) {
				t.Errorf("a second call during the probe: %v", err)
			}
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("callers waited %v for the probe", waited)
		}
		close(release)
		if err := <-probe; err != nil {
			t.Error(err)
		}
		if err := b.Do(t.Context(), succeed); err != nil {
			t.Errorf("closed after the probe: %v", err)
		}
	})
}

func TestFailedProbeOpensAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(config())
		opened(t, b)
		time.Sleep(time.Second)
		if err := b.Do(t.Context(), fail); !errors.Is(err, errDown) {
			t.Error(err)
		}
		if err := b.Do(t.Context(), succeed); !errors.Is(err, ErrOpen) {
			t.Errorf("open again, got %v", err)
		}
	})
}

func TestAllProbesMustSucceed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		settings := config()
		settings.Probes = 3
		b := New(settings)
		opened(t, b)
		time.Sleep(time.Second)
		for range 3 {
			if b.openUntil.IsZero() {
				t.Fatal("closed too early")
			}
			if err := b.Do(t.Context(), succeed); err != nil {
				t.Fatal(err)
			}
		}
		if !b.openUntil.IsZero() {
			t.Error("three probes succeeded and it is not closed")
		}
	})
}

func TestPanicsAreFailures(t *testing.T) {
	b := New(config())
	for range 5 {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic must reach the caller")
				}
			}()
			b.Do(t.Context(), func(context.Context) error { panic("nil map") })
		}()
	}
	if err := b.Do(t.Context(), succeed); !errors.Is(err, ErrOpen) {
		t.Errorf("open after five panics, got %v", err)
	}
}

func TestCallersThatLeaveAreNotFailures(t *testing.T) {
	b := New(config())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		b.Do(ctx, func(ctx context.Context) error { return ctx.Err() })
	}
	if err := b.Do(t.Context(), succeed); err != nil {
		t.Errorf("closed after cancellations, got %v", err)
	}
}

func TestPassedDeadlinesAreFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(config())
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			b.Do(ctx, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
			cancel()
		}
		if err := b.Do(t.Context(), succeed); !errors.Is(err, ErrOpen) {
			t.Errorf("open after five deadlines, got %v", err)
		}
	})
}

func TestProbeThatIsCancelledFreesItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(config())
		opened(t, b)
		time.Sleep(time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b.Do(ctx, func(ctx context.Context) error { return ctx.Err() })
		if err := b.Do(t.Context(), succeed); err != nil {
			t.Errorf("the next caller probes, got %v", err)
		}
	})
}

func TestAnswersThatAreNoFailures(t *testing.T) {
	errNotFound := errors.New("not found")
	settings := config()
	settings.Failure = func(err error) bool { return !errors.Is(err, errNotFound) }
	b := New(settings)
	for range 20 {
		b.Do(t.Context(), func(context.Context) error { return errNotFound })
	}
	if err := b.Do(t.Context(), succeed); err != nil {
		t.Errorf("closed after answers, got %v", err)
	}
}

func TestLateResultsDoNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(config())
		release, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			b.Do(t.Context(), func(context.Context) error { <-release; return errDown })
		}()
		synctest.Wait()
		opened(t, b)
		time.Sleep(time.Second)
		if err := b.Do(t.Context(), succeed); err != nil {
			t.Fatal(err)
		}
		close(release)
		<-done
		if b.failures != 0 || !b.openUntil.IsZero() {
			t.Error("a call from before the outage spoke against the dependency after it")
		}
	})
}
