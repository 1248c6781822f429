package fallback

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errDown      = errors.New("down")
	errForbidden = errors.New("forbidden")
)

// prices answers what the test says, and counts the stale answers.
func prices(load func(context.Context) (int, error)) (*Source[int], *int) {
	degraded := 0
	return &Source[int]{
		Load:     load,
		Timeout:  100 * time.Millisecond,
		MaxAge:   time.Hour,
		Degrade:  func(err error) bool { return !errors.Is(err, errForbidden) },
		Degraded: func(error, time.Duration) { degraded++ },
	}, &degraded
}

func TestTheLastGoodValueStandsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failure error
		source, degraded := prices(func(context.Context) (int, error) { return 42, failure })
		fresh, err := source.Get(t.Context())
		if err != nil || fresh.Stale || fresh.Value != 42 {
			t.Fatalf("%+v, %v", fresh, err)
		}
		failure = errDown
		time.Sleep(time.Minute)
		stale, err := source.Get(t.Context())
		if err != nil || !stale.Stale || stale.Value != 42 || time.Since(stale.At) != time.Minute || *degraded != 1 {
			t.Errorf("%+v, %v, %d counted", stale, err, *degraded)
		}
		time.Sleep(time.Hour)
		if _, err := source.Get(t.Context()); !errors.Is(err, errDown) {
			t.Errorf("too old to be of use: %v", err)
		}
		failure = nil
		if again, err := source.Get(t.Context()); err != nil || again.Stale {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

func TestWithoutAnEarlierValueTheCauseIsKept(t *testing.T) {
	source, _ := prices(func(context.Context) (int, error) { return 0, errDown })
	if _, err := source.Get(t.Context()); !errors.Is(err, errDown) {
		t.Error(err)
	}
}

func TestARefusalStaysARefusal(t *testing.T) {
	var failure error
	source, degraded := prices(func(context.Context) (int, error) { return 42, failure })
	source.Get(t.Context())
	failure = errForbidden
	if _, err := source.Get(t.Context()); !errors.Is(err, errForbidden) || *degraded != 0 {
		t.Error(err)
	}
}

func TestSlowAndPanickingSourcesFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		load := func(context.Context) (int, error) { return 42, nil }
		source, degraded := prices(func(ctx context.Context) (int, error) { return load(ctx) })
		source.Get(t.Context())
		load = func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() }
		start := time.Now()
		if stale, err := source.Get(t.Context()); err != nil || !stale.Stale || time.Since(start) != 100*time.Millisecond {
			t.Errorf("%+v, %v after %v", stale, err, time.Since(start))
		}
		load = func(context.Context) (int, error) { panic("nil map") }
		if stale, err := source.Get(t.Context()); err != nil || !stale.Stale || *degraded != 2 {
			t.Errorf("%+v, %v", stale, err)
		}
	})
}

func TestACallerThatLeftGetsNoFallback(t *testing.T) {
	source, degraded := prices(func(ctx context.Context) (int, error) { return 42, ctx.Err() })
	source.Get(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.Get(ctx); !errors.Is(err, context.Canceled) || *degraded != 0 {
		t.Error(err)
	}
}

func TestASlowAnswerDoesNotReplaceANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := make(chan int, 2)
		calls <- 1
		calls <- 2
		source, _ := prices(func(context.Context) (int, error) {
			call := <-calls
			if call == 1 {
				time.Sleep(50 * time.Millisecond)
			}
			return call, nil
		})
		var group sync.WaitGroup
		group.Go(func() { source.Get(t.Context()) })
		time.Sleep(time.Millisecond)
		group.Go(func() { source.Get(t.Context()) })
		group.Wait()
		if source.last.Value != 2 {
			t.Errorf("kept the answer of call %d", source.last.Value)
		}
	})
}
