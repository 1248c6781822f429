// Package deadline gives every call an end and tells the next service how much time is left.
package deadline

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Header holds the remaining time in milliseconds. A length and not a moment: clocks differ.
const Header = "X-Timeout-Ms"

// ErrNoTime is returned instead of a call that could not be answered in time.
var ErrNoTime = errors.New("not enough time left for the call")

// Serve gives each request the time its caller has left, and never more than limit. The caller's
// number may shorten the time and cannot lengthen it, so it needs no trust.
func Serve(limit time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		left := limit
		if asked, err := strconv.ParseUint(r.Header.Get(Header), 10, 31); err == nil {
			left = min(limit, time.Duration(asked)*time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(r.Context(), left)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// ForCall bounds one outgoing call: by its own limit, and so that reserve is left to use the
// answer or to fall back when there is none. The error of the context says which call was slow.
func ForCall(ctx context.Context, name string, limit, reserve time.Duration) (
	context.Context, context.CancelFunc, error,
) {
	if deadline, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(deadline)-reserve)
	}
	if limit <= 0 {
		return nil, nil, fmt.Errorf("%s: %w", name, ErrNoTime)
	}
	slow := fmt.Errorf("%s: no answer within %v: %w", name, limit, context.DeadlineExceeded)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, slow)
	return ctx, cancel, nil
}

// Transport passes on what is left of the request's time.
type Transport struct{ Base http.RoundTripper }

func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	deadline, ok := r.Context().Deadline()
	if !ok {
		return nil, errors.New("a request without a deadline is a defect: " + r.URL.Redacted())
	}
	left := time.Until(deadline).Milliseconds()
	if left <= 0 {
		return nil, ErrNoTime
	}
	r = r.Clone(r.Context()) // a transport must not change the caller's request
	r.Header.Set(Header, strconv.FormatInt(left, 10))
	return t.Base.RoundTrip(r)
}

// NewServer has a limit for each phase of a connection; the zero values would wait for ever.
func NewServer(limit time.Duration, handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           Serve(limit, handler),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       limit,
		WriteTimeout:      2 * limit, // reading and handling both fall into it
		IdleTimeout:       2 * time.Minute,
	}
}
