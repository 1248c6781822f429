// Package limit refuses work early: per caller by rate, and for all callers by what is in flight.
package limit

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limiter holds one token bucket per key: Rate tokens a second, Burst at most.
type Limiter struct {
	Rate, Burst float64
	MaxKeys     int // bounds the memory that strangers can claim

	mu      sync.Mutex
	buckets map[string]bucket
	swept   time.Time
}

type bucket struct {
	tokens float64
	at     time.Time
}

// Allow takes a token, or says how long the key has to wait for one.
func (l *Limiter) Allow(key string) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	b, known := l.buckets[key]
	if !known {
		if !l.room(now) {
			return false, l.after(1) // a decision: when full, strangers wait and known callers go on
		}
		b = bucket{tokens: l.Burst, at: now}
	}
	b = l.refilled(b, now)
	if ok = b.tokens >= 1; ok {
		b.tokens--
	} else {
		wait = l.after(1 - b.tokens)
	}
	l.buckets[key] = b
	return ok, wait
}

func (l *Limiter) refilled(b bucket, now time.Time) bucket {
	earned := now.Sub(b.at).Seconds() * l.Rate
	return bucket{tokens: min(l.Burst, b.tokens+earned), at: now}
}

func (l *Limiter) after(tokens float64) time.Duration {
	return time.Duration(math.Ceil(tokens / l.Rate * float64(time.Second)))
}

// room forgets buckets that are full again, which is what a new one would be: not at every call.
func (l *Limiter) room(now time.Time) bool {
	if l.buckets == nil {
		l.buckets = make(map[string]bucket)
	}
	if len(l.buckets) >= l.MaxKeys && now.Sub(l.swept) >= l.after(1) {
		l.swept = now
		for key, b := range l.buckets {
			if l.refilled(b, now).tokens >= l.Burst {
				delete(l.buckets, key)
			}
		}
	}
	return len(l.buckets) < l.MaxKeys
}

// PerKey answers 429 beyond the rate. The key is who signed in, not an address anybody can claim.
func (l *Limiter) PerKey(key func(*http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ok, wait := l.Allow(key(r)); !ok {
			refuse(w, http.StatusTooManyRequests, wait)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Shed answers 503 while limit requests are in progress: a queue would only make all of them late.
func Shed(limit int, next http.Handler) http.Handler {
	slots := make(chan struct{}, limit)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			next.ServeHTTP(w, r)
		default:
			refuse(w, http.StatusServiceUnavailable, time.Second)
		}
	})
}

func refuse(w http.ResponseWriter, status int, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	http.Error(w, http.StatusText(status), status)
}
