// Package fallback keeps answering with the last good value while its source is down.
package fallback

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// Answer is a value with its age, so that pages can say how old it is.
type Answer[T any] struct {
	Value T
	At    time.Time
	Stale bool // the source failed just now; this is what it said before
}

type Source[T any] struct {
	Load    func(context.Context) (T, error)
	Timeout time.Duration // for Load; leave the caller time to use the fallback
	MaxAge  time.Duration // an older value is worse than an error
	// Degrade says whether an old value may stand in for this error. A refusal must stay a refusal.
	Degrade func(error) bool
	// Degraded is told of each stale answer: a fallback nobody counts hides an outage.
	Degraded func(cause error, age time.Duration)

	mu   sync.Mutex
	last Answer[T]
}

// Get loads, and falls back to the last good value. When there is none the cause is returned.
func (s *Source[T]) Get(ctx context.Context) (Answer[T], error) {
	started := time.Now()
	value, err := s.load(ctx)
	if err == nil {
		fresh := Answer[T]{Value: value, At: started}
		s.mu.Lock()
		if s.last.At.Before(started) { // a slow answer must not replace a newer one
			s.last = fresh
		}
		s.mu.Unlock()
		return fresh, nil
	}
	if ctx.Err() != nil {
		return Answer[T]{}, context.Cause(ctx) // nobody waits for a fallback
	}
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	age := time.Since(last.At)
	switch {
	case !s.Degrade(err):
		return Answer[T]{}, err
	case last.At.IsZero():
		return Answer[T]{}, fmt.Errorf("no earlier value to fall back to: %w", err)
	case age > s.MaxAge:
		return Answer[T]{}, fmt.Errorf("the earlier value is %v old: %w", age, err)
	}
	s.Degraded(err, age)
	last.Stale = true
	return last, nil
}

// ErrPanic marks a defect in Load. It is a failure of the source like any other.
var ErrPanic = errors.New("panic while loading")

func (s *Source[T]) load(ctx context.Context) (value T, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanic, cause, debug.Stack())
		}
	}()
	return s.Load(ctx)
}
