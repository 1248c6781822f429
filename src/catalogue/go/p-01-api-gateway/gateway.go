// Package gateway is a small edge: it routes by path, bounds each request and does not believe what
// callers say about themselves.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// Only the edge may set these; a caller that sends them is not believed.
var internal = []string{"X-User-Id", "X-Tenant-Id", "X-Internal-Role"}

type Route struct {
	Pattern string // as http.ServeMux reads it: "/orders/"
	Backend *url.URL
	Timeout time.Duration
	MaxBody int64
}

// Authenticate says who calls; an error is answered with 401.
type Authenticate func(*http.Request) (user string, err error)

// New routes what it knows and answers 404 to the rest: a backend is public only when it is listed.
func New(routes []Route, who Authenticate, transport http.RoundTripper) http.Handler {
	mux := http.NewServeMux()
	for _, route := range routes {
		mux.Handle(route.Pattern, guard(route, who, proxy(route.Backend, transport)))
	}
	return mux
}

type userKey struct{}

func guard(route Route, who Authenticate, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := who(r)
		if err != nil {
			http.Error(w, "sign in first", http.StatusUnauthorized)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), route.Timeout)
		defer cancel()
		r = r.WithContext(context.WithValue(ctx, userKey{}, user))
		r.Body = http.MaxBytesReader(w, r.Body, route.MaxBody)
		next.ServeHTTP(w, r)
	})
}

func proxy(backend *url.URL, transport http.RoundTripper) http.Handler {
	return &httputil.ReverseProxy{
		Transport: transport,
		// Rewrite, unlike Director, starts without the caller's X-Forwarded headers.
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(backend)
			r.SetXForwarded()
			for _, header := range internal {
				r.Out.Header.Del(header)
			}
			user, _ := r.In.Context().Value(userKey{}).(string)
			r.Out.Header.Set("X-User-Id", user)
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			status := http.StatusBadGateway
			switch {
			case errors.As(err, new(*http.MaxBytesError)):
				status = http.StatusRequestEntityTooLarge
			case errors.Is(err, context.DeadlineExceeded):
				status = http.StatusGatewayTimeout
			}
			slog.WarnContext(r.Context(), "backend", "host", backend.Host, "status", status, "err", err)
			http.Error(w, http.StatusText(status), status) // the cause stays inside
		},
	}
}
