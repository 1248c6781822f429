// Package cache keeps copies of what is expensive to read.
package cache

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Entry says that a key has a value, or that it has none, which is worth remembering, too.
type Entry[T any] struct {
	Value  T
	Exists bool
}

// Store is the cache itself: shared, with eviction, allowed to forget at any time.
type Store[T any] interface {
	Get(ctx context.Context, key string) (entry Entry[T], found bool, err error)
	Set(ctx context.Context, key string, entry Entry[T], ttl time.Duration) error
	Delete(ctx context.Context, key string) error
}

type Cache[T any] struct {
	Store   Store[T]
	Load    func(ctx context.Context, key string) (Entry[T], error)
	Timeout time.Duration // for a load and its store
	TTL     time.Duration
	Failed  func(error) // told when the cache fails, which is not the same as a miss

	mu      sync.Mutex
	flights map[string]*flight[T]
}

type flight[T any] struct {
	done  chan struct{}
	entry Entry[T]
	err   error
}

// Get reads from the cache, or loads: once for all callers that miss the same key at the same time.
// A caller that leaves ends its own waiting and not the load of the others.
func (c *Cache[T]) Get(ctx context.Context, key string) (Entry[T], error) {
	entry, found, err := c.Store.Get(ctx, key)
	if c.note(err); found && err == nil {
		return entry, nil
	}
	c.mu.Lock()
	f, flying := c.flights[key]
	if !flying {
		if c.flights == nil {
			c.flights = make(map[string]*flight[T])
		}
		f = &flight[T]{done: make(chan struct{})}
		c.flights[key] = f
		go c.fly(context.WithoutCancel(ctx), key, f)
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.entry, f.err
	case <-ctx.Done():
		return Entry[T]{}, context.Cause(ctx)
	}
}

func (c *Cache[T]) fly(ctx context.Context, key string, f *flight[T]) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	f.entry, f.err = c.load(ctx, key)
	close(f.done)
	if f.err == nil {
		ttl := c.TTL - rand.N(c.TTL/5+1) // keys stored together do not expire together
		c.note(c.Store.Set(ctx, key, f.entry, ttl))
	}
	c.mu.Lock()
	current := c.flights[key] == f
	if current {
		delete(c.flights, key)
	}
	c.mu.Unlock()
	if !current { // the value changed meanwhile: what was stored may be old
		c.note(c.Store.Delete(ctx, key))
	}
}

func (c *Cache[T]) load(ctx context.Context, key string) (entry Entry[T], err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic while loading: %v", cause)
		}
	}()
	return c.Load(ctx, key)
}

func (c *Cache[T]) note(err error) {
	if err != nil {
		c.Failed(err)
	}
}

// Forget is called after a write has been committed. The time to live bounds what still goes wrong:
// another process may be loading the old value at this moment.
func (c *Cache[T]) Forget(ctx context.Context, key string) error {
	c.mu.Lock()
	delete(c.flights, key)
	c.mu.Unlock()
	return c.Store.Delete(ctx, key)
}
