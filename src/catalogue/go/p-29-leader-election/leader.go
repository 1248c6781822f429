// Package leader lets one of several instances work, and gives its work a number by which others
// can refuse an instance that does not know yet that it was replaced.
package leader

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Store keeps one lease. Acquire gives it to holder when it is free, has run out by the store's own
// clock, or is already theirs, and then extends it. The token grows each time the holder changes.
type Store interface {
	Acquire(ctx context.Context, holder string, ttl time.Duration) (token int64, ok bool, err error)
	Release(ctx context.Context, holder string, token int64) error
}

type Candidate struct {
	Store Store
	Name  string        // new for each start of the process
	TTL   time.Duration // how long the work may stand still after a crash
}

// Run waits for the lease and leads with it, again and again, until ctx is over.
func (c *Candidate) Run(ctx context.Context, lead func(ctx context.Context, token int64)) error {
	for ctx.Err() == nil {
		asked := time.Now()
		if token, ok, err := c.acquire(ctx); err != nil {
			slog.WarnContext(ctx, "leader election", "err", err)
		} else if ok {
			c.term(ctx, token, asked, lead)
		}
		pause(ctx, c.TTL/4)
	}
	return context.Cause(ctx)
}

// term leads until the lease cannot be renewed. The end is counted from before the question was
// sent, by this process's own clock, and comes early; the next leader starts later than that.
func (c *Candidate) term(ctx context.Context, token int64, asked time.Time, lead func(context.Context, int64)) {
	term, end := context.WithCancel(ctx)
	defer end()
	left := func() time.Duration { return time.Until(asked.Add(c.TTL * 3 / 4)) }
	expiry := time.AfterFunc(left(), end)
	defer expiry.Stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer end()
		lead(term, token)
	}()
	for pause(term, c.TTL/4) {
		now := time.Now()
		again, ok, err := c.acquire(term)
		if err != nil {
			continue // there may be time for another try before expiry
		}
		if !ok || again != token {
			break
		}
		asked = now
		expiry.Reset(left())
	}
	end()
	<-done // the lease is given back after the work has ended, not before
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.TTL/4)
	defer cancel()
	if err := c.Store.Release(release, c.Name, token); err != nil {
		slog.WarnContext(ctx, "lease not released, it will run out", "err", err)
	}
}

func (c *Candidate) acquire(ctx context.Context) (int64, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, c.TTL/8)
	defer cancel()
	return c.Store.Acquire(ctx, c.Name, c.TTL)
}

func pause(ctx context.Context, length time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(length):
		return true
	}
}

// ErrDeposed answers the work of an earlier leader.
var ErrDeposed = errors.New("a later leader has been here")

// Fence belongs to what the leader changes, and is asked with every change. A process may sleep
// between its last look at the clock and its write; only the receiver can notice. In SQL:
// UPDATE job SET …, token = $1 WHERE id = $2 AND token <= $1.
type Fence struct {
	mu      sync.Mutex
	highest int64
}

func (f *Fence) Admit(token int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if token < f.highest {
		return ErrDeposed
	}
	f.highest = token
	return nil
}
