// Package health answers probes from what background checks have seen, so that a probe is cheap and
// a dependency is not asked once for every probe.
package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Check asks one dependency that this instance cannot work without.
type Check func(context.Context) error

type Health struct {
	every, timeout time.Duration
	draining       atomic.Bool

	mu      sync.Mutex
	results map[string]result
}

type result struct {
	err error
	at  time.Time
}

// Start runs each check in a goroutine of its own until ctx is over; one that hangs delays no other
// and is never started twice. Until its first result the instance is not ready.
func Start(ctx context.Context, every, timeout time.Duration, checks map[string]Check) *Health {
	h := &Health{every: every, timeout: timeout, results: make(map[string]result)}
	for name := range checks {
		h.results[name] = result{err: errors.New("not checked yet"), at: time.Now()}
	}
	for name, check := range checks {
		go h.watch(ctx, name, check)
	}
	return h
}

func (h *Health) watch(ctx context.Context, name string, check Check) {
	for ctx.Err() == nil {
		err := h.ask(ctx, check)
		h.mu.Lock()
		changed := (err == nil) != (h.results[name].err == nil)
		h.results[name] = result{err: err, at: time.Now()}
		h.mu.Unlock()
		if changed { // the cause is for the log, not for whoever can reach the probe
			slog.WarnContext(ctx, "health changed", "check", name, "healthy", err == nil, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(h.every):
		}
	}
}

func (h *Health) ask(ctx context.Context, check Check) (err error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return check(ctx)
}

// Drain makes the instance not ready for good; the first step of a shutdown.
func (h *Health) Drain() { h.draining.Store(true) }

// Live is for the liveness probe: the process can answer. No dependency is in it, because a restart
// mends none.
func (h *Health) Live(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// Ready is for the readiness probe. A result that is overdue, because the check hangs, is a failure.
func (h *Health) Ready(w http.ResponseWriter, _ *http.Request) {
	status, healthy := http.StatusOK, make(map[string]bool)
	h.mu.Lock()
	for name, last := range h.results {
		healthy[name] = last.err == nil && time.Since(last.at) <= h.every+2*h.timeout
	}
	h.mu.Unlock()
	healthy["accepting"] = !h.draining.Load()
	for _, ok := range healthy {
		if !ok {
			status = http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(healthy)
}
