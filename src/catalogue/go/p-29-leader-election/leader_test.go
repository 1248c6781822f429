package leader

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

type lease struct {
	mu     sync.Mutex
	holder string
	until  time.Time
	token  int64
	cut    map[string]bool // who cannot reach the store
}

func (l *lease) Acquire(ctx context.Context, holder string, ttl time.Duration) (int64, bool, error) {
	l.mu.Lock()
	unreachable := l.cut[holder]
	l.mu.Unlock()
	if unreachable {
		<-ctx.Done()
		return 0, false, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	free := l.holder == "" || !time.Now().Before(l.until)
	if l.holder != holder && !free {
		return 0, false, nil
	}
	if l.holder != holder {
		l.token++
	}
	l.holder, l.until = holder, time.Now().Add(ttl)
	return l.token, true, nil
}

func (l *lease) Release(_ context.Context, holder string, token int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut[holder] {
		return errors.New("unreachable")
	}
	if l.holder == holder && l.token == token {
		l.holder = ""
	}
	return nil
}

func (l *lease) set(holder string, cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut[holder] = cut
}

// held says who has the lease, and with which token.
func (l *lease) held() (string, int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.holder, l.token
}

// cluster runs candidates that write down who leads.
type cluster struct {
	lease   *lease
	leading atomic.Int64
	terms   atomic.Int64
	most    atomic.Int64
}

func (c *cluster) join(ctx context.Context, group *sync.WaitGroup, name string, lead func(context.Context, int64)) {
	group.Go(func() {
		candidate := &Candidate{Store: c.lease, Name: name, TTL: 12 * time.Second}
		candidate.Run(ctx, func(ctx context.Context, token int64) {
			c.terms.Add(1)
			c.most.Store(max(c.most.Load(), c.leading.Add(1)))
			defer c.leading.Add(-1)
			lead(ctx, token)
		})
	})
}

func untilDone(ctx context.Context, _ int64) { <-ctx.Done() }

func TestOneLeadsAndAnotherTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{lease: &lease{cut: map[string]bool{}}}
		var group sync.WaitGroup
		all, stopAll := context.WithCancel(t.Context())
		first, stopFirst := context.WithCancel(all)
		c.join(first, &group, "a", untilDone)
		synctest.Wait()
		c.join(all, &group, "b", untilDone)
		c.join(all, &group, "c", untilDone)
		time.Sleep(10 * time.Minute)
		if c.leading.Load() != 1 || c.terms.Load() != 1 {
			t.Errorf("%d lead, %d terms", c.leading.Load(), c.terms.Load())
		}
		stopFirst()
		time.Sleep(4 * time.Second) // released, so nobody waits for the lease to run out
		if _, token := c.lease.held(); c.leading.Load() != 1 || c.terms.Load() != 2 || token != 2 {
			t.Errorf("%d lead, %d terms, token %d", c.leading.Load(), c.terms.Load(), token)
		}
		stopAll()
		group.Wait()
		if holder, _ := c.lease.held(); c.leading.Load() != 0 || c.most.Load() != 1 || holder != "" {
			t.Errorf("%d lead, %d at once, held by %q", c.leading.Load(), c.most.Load(), holder)
		}
	})
}

func TestALeaderThatIsCutOffStepsDownBeforeTheNextOneStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{lease: &lease{cut: map[string]bool{}}}
		var group sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		c.join(ctx, &group, "a", untilDone)
		synctest.Wait()
		c.join(ctx, &group, "b", untilDone)
		time.Sleep(61 * time.Second) // renewed a second ago
		c.lease.set("a", true)
		time.Sleep(8500 * time.Millisecond)
		if c.leading.Load() != 0 {
			t.Error("it leads without a way to renew the lease")
		}
		time.Sleep(10 * time.Second)
		if holder, _ := c.lease.held(); c.leading.Load() != 1 || holder != "b" || c.most.Load() != 1 {
			t.Errorf("%d lead, held by %q, %d at once", c.leading.Load(), holder, c.most.Load())
		}
		stop()
		group.Wait()
	})
}

func TestAShortOutageOfTheStoreEndsNoTerm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{lease: &lease{cut: map[string]bool{}}}
		var group sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		c.join(ctx, &group, "a", untilDone)
		time.Sleep(10 * time.Second)
		c.lease.set("a", true)
		time.Sleep(4 * time.Second)
		c.lease.set("a", false)
		time.Sleep(time.Minute)
		if c.leading.Load() != 1 || c.terms.Load() != 1 {
			t.Errorf("%d lead, %d terms", c.leading.Load(), c.terms.Load())
		}
		stop()
		group.Wait()
	})
}

func TestALeaderThatSleptIsFencedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{lease: &lease{cut: map[string]bool{}}}
		var group sync.WaitGroup
		var fence Fence
		var deposed, written atomic.Int64
		ctx, stop := context.WithCancel(t.Context())
		// The first leader stands still for a minute between its last look and its write.
		c.join(ctx, &group, "a", func(ctx context.Context, token int64) {
			time.Sleep(time.Minute)
			if err := fence.Admit(token); errors.Is(err, ErrDeposed) {
				deposed.Add(1)
			}
			<-ctx.Done()
		})
		synctest.Wait()
		c.lease.set("a", true)
		c.join(ctx, &group, "b", func(ctx context.Context, token int64) {
			if err := fence.Admit(token); err == nil {
				written.Add(1)
			}
			<-ctx.Done()
		})
		time.Sleep(2 * time.Minute)
		if deposed.Load() != 1 || written.Load() != 1 {
			t.Errorf("%d deposed, %d written", deposed.Load(), written.Load())
		}
		stop()
		group.Wait()
	})
}

func TestWorkThatEndsByItselfGivesTheLeaseBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{lease: &lease{cut: map[string]bool{}}}
		var group sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		c.join(ctx, &group, "a", func(context.Context, int64) { time.Sleep(time.Second) })
		time.Sleep(2 * time.Second)
		if holder, _ := c.lease.held(); holder != "" {
			t.Errorf("held by %q", holder)
		}
		stop()
		group.Wait()
	})
}
