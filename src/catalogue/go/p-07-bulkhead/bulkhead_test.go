package bulkhead

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// peak counts how many calls run at once.
type peak struct{ now, most atomic.Int64 }

func (p *peak) enter() {
	now := p.now.Add(1)
	for seen := p.most.Load(); now > seen && !p.most.CompareAndSwap(seen, now); seen = p.most.Load() {
	}
}

func (p *peak) leave() { p.now.Add(-1) }

func TestNeverMoreThanTheLimit(t *testing.T) {
	for name, run := range map[string]func(*Bulkhead) func(context.Context, func(context.Context) error) error{
		"Do":     func(b *Bulkhead) func(context.Context, func(context.Context) error) error { return b.Do },
		"Detach": func(b *Bulkhead) func(context.Context, func(context.Context) error) error { return b.Detach },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := New(2, 50*time.Millisecond)
				var at peak
				var ran, full atomic.Int64
				var group sync.WaitGroup
				for range 30 {
					group.Go(func() {
						// The caller gives up long before the work ends, and the work does not notice.
						ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
						defer cancel()
						err := run(b)(ctx, func(context.Context) error {
							at.enter()
							defer at.leave()
							ran.Add(1)
							time.Sleep(300 * time.Millisecond)
							return nil
						})
						if errors.Is(err, ErrFull) {
							full.Add(1)
						}
					})
				}
				group.Wait()
				if at.most.Load() > 2 || ran.Load() != 2 || full.Load() != 28 {
					t.Errorf("limit 2: %d at once, %d ran, %d refused", at.most.Load(), ran.Load(), full.Load())
				}
				// The bubble of the test fails when a goroutine is left behind.
				time.Sleep(time.Second)
				if b.Busy() != 0 {
					t.Errorf("%d slots are taken and nothing runs", b.Busy())
				}
			})
		})
	}
}

func TestDetachedCallersLeaveAndTheSlotStaysTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(1, 0)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := b.Detach(ctx, func(context.Context) error { time.Sleep(time.Second); return nil })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 200*time.Millisecond {
			t.Errorf("left after %v with %v", time.Since(start), err)
		}
		if b.Busy() != 1 {
			t.Error("the slot is free while the work goes on")
		}
		if err := b.Do(t.Context(), func(context.Context) error { return nil }); !errors.Is(err, ErrFull) {
			t.Errorf("a second call entered: %v", err)
		}
		time.Sleep(time.Second)
		if b.Busy() != 0 {
			t.Error("the slot is taken after the work has ended")
		}
	})
}

func TestPanicsFreeTheSlot(t *testing.T) {
	b := New(1, 0)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic must reach the caller")
			}
		}()
		b.Do(t.Context(), func(context.Context) error { panic("nil map") })
	}()
	if b.Busy() != 0 {
		t.Error("the slot is still taken")
	}
	if err := b.Detach(t.Context(), func(context.Context) error { panic("nil map") }); err == nil {
		t.Error("a panic in a goroutine is an error")
	}
	synctest.Test(t, func(t *testing.T) {
		b := New(1, 0)
		b.Detach(t.Context(), func(context.Context) error { panic("nil map") })
		synctest.Wait()
		if b.Busy() != 0 {
			t.Error("the slot is still taken")
		}
	})
}

func TestWaitingEndsWithTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(1, time.Minute)
		go b.Do(t.Context(), func(context.Context) error { time.Sleep(time.Hour); return nil })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := b.Do(ctx, func(context.Context) error { return nil })
		if !errors.Is(err, ErrFull) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		time.Sleep(time.Hour) // until the first call has ended
	})
}

func TestACallerThatLeftDoesNotEnter(t *testing.T) {
	b := New(1, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := b.Do(ctx, func(context.Context) error { t.Error("ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestOneWaitsForTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(1, time.Second)
		start := time.Now()
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				if err := b.Do(t.Context(), func(context.Context) error { time.Sleep(400 * time.Millisecond); return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if took := time.Since(start); took != 800*time.Millisecond {
			t.Errorf("two calls of 400 ms through one slot took %v", took)
		}
	})
}
