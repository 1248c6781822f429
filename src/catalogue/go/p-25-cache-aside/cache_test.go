package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

type store struct {
	mu      sync.Mutex
	entries map[string]Entry[string]
	ttls    map[string]time.Duration
	down    error
	slow    time.Duration // for a set
}

func newStore() *store {
	return &store{entries: map[string]Entry[string]{}, ttls: map[string]time.Duration{}}
}

func (s *store) Get(_ context.Context, key string) (Entry[string], bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry, found := s.entries[key]
	return entry, found && s.down == nil, s.down
}

func (s *store) Set(_ context.Context, key string, entry Entry[string], ttl time.Duration) error {
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[key], s.ttls[key] = entry, ttl
	return s.down
}

func (s *store) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, key)
	return s.down
}

// newCache loads with a function for which "" is a key without a value.
func newCache(s *store, load func(context.Context, string) (string, error)) (*Cache[string], *atomic.Int64) {
	var failed atomic.Int64
	return &Cache[string]{
		Store: s, Timeout: 10 * time.Second, TTL: time.Minute,
		Load: func(ctx context.Context, key string) (Entry[string], error) {
			value, err := load(ctx, key)
			return Entry[string]{value, value != ""}, err
		},
		Failed: func(error) { failed.Add(1) },
	}, &failed
}

func TestOneLoadForManyCallers(t *testing.T) {
	for name, down := range map[string]error{"cold": nil, "cache down": errors.New("connection refused")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var loads atomic.Int64
				s := newStore()
				s.down = down
				c, failed := newCache(s, func(context.Context, string) (string, error) {
					loads.Add(1)
					time.Sleep(time.Second)
					return "ada", nil
				})
				var group sync.WaitGroup
				for range 50 {
					group.Go(func() {
						if value, err := c.Get(t.Context(), "1"); err != nil || value.Value != "ada" {
							t.Errorf("%+v, %v", value, err)
						}
					})
				}
				group.Wait()
				synctest.Wait()
				if loads.Load() != 1 || len(c.flights) != 0 {
					t.Errorf("%d loads, %d flights left", loads.Load(), len(c.flights))
				}
				if (failed.Load() != 0) != (down != nil) {
					t.Errorf("%d failures of the cache were told", failed.Load())
				}
			})
		})
	}
}

func TestTheSecondReadIsServedFromTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loads := 0
		c, _ := newCache(newStore(), func(context.Context, string) (string, error) { loads++; return "ada", nil })
		c.Get(t.Context(), "1")
		synctest.Wait()
		if value, err := c.Get(t.Context(), "1"); value.Value != "ada" || err != nil || loads != 1 {
			t.Errorf("%+v, %v, %d loads", value, err, loads)
		}
	})
}

func TestTimesToLiveDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		c, _ := newCache(s, func(context.Context, string) (string, error) { return "x", nil })
		for i := range 50 {
			c.Get(t.Context(), fmt.Sprint(i))
		}
		synctest.Wait()
		different := map[time.Duration]bool{}
		for _, ttl := range s.ttls {
			if ttl < 48*time.Second || ttl > time.Minute {
				t.Errorf("ttl %v", ttl)
			}
			different[ttl] = true
		}
		if len(different) < 10 {
			t.Errorf("50 entries with %d times to live", len(different))
		}
	})
}

func TestWhatDoesNotExistIsRememberedAndErrorsAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errDown := errors.New("database is down")
		var failure error
		loads := 0
		c, _ := newCache(newStore(), func(context.Context, string) (string, error) { loads++; return "", failure })
		for range 3 {
			if entry, err := c.Get(t.Context(), "1"); entry.Exists || err != nil {
				t.Errorf("%+v, %v", entry, err)
			}
			synctest.Wait()
		}
		if loads != 1 {
			t.Errorf("%d loads of a missing key", loads)
		}
		failure = errDown
		for range 3 {
			if _, err := c.Get(t.Context(), "2"); !errors.Is(err, errDown) {
				t.Error(err)
			}
			synctest.Wait()
		}
		if loads != 4 {
			t.Errorf("%d loads, an error is not remembered", loads)
		}
	})
}

func TestACallerThatLeavesDoesNotEndTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newCache(newStore(), func(ctx context.Context, _ string) (string, error) {
			select {
			case <-time.After(time.Second):
				return "ada", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.Get(ctx, "1"); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
		synctest.Wait()
		group.Go(func() {
			if value, err := c.Get(t.Context(), "1"); value.Value != "ada" || err != nil {
				t.Errorf("%+v, %v", value, err)
			}
		})
		group.Wait()
	})
}

func TestPanicsReachAllCallersAsErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newCache(newStore(), func(context.Context, string) (string, error) { panic("nil map") })
		if _, err := c.Get(t.Context(), "1"); err == nil {
			t.Error("no error")
		}
		synctest.Wait()
		if len(c.flights) != 0 {
			t.Error("the key stays in flight")
		}
	})
}

func TestALoadFromBeforeAWriteDoesNotStay(t *testing.T) {
	for name, when := range map[string]time.Duration{"while loading": 500 * time.Millisecond, "while storing": 1500 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var value atomic.Value
				value.Store("old")
				s := newStore()
				s.slow = time.Second
				c, _ := newCache(s, func(context.Context, string) (string, error) {
					read := value.Load().(string)
					time.Sleep(time.Second)
					return read, nil
				})
				go c.Get(t.Context(), "1")
				time.Sleep(when)
				value.Store("new")
				if err := c.Forget(t.Context(), "1"); err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Second)
				if got, err := c.Get(t.Context(), "1"); got.Value != "new" || err != nil {
					t.Errorf("%+v, %v", got, err)
				}
				time.Sleep(5 * time.Second)
			})
		})
	}
}
