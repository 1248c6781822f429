// Package trace carries the W3C trace context from one service to the next and into every log line.
// A tracing library does more; this is the part that must be right for the parts to fit together.
package trace

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
)

// Context is a place in a trace: the same Trace all along, a new Span for each piece of work.
type Context struct {
	Trace, Span string
	Flags       string // "01": recorded
}

type key struct{}

// From is the place a context is at; the zero value outside of any request.
func From(ctx context.Context) Context {
	place, _ := ctx.Value(key{}).(Context)
	return place
}

var parent = regexp.MustCompile(`^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$`)

// parse reads a traceparent header. What does not follow the format starts a new trace: the text
// comes from outside and ends up in logs.
func parse(header string) (Context, bool) {
	parts := parent.FindStringSubmatch(header)
	if parts == nil || strings.Trim(parts[1], "0") == "" || strings.Trim(parts[2], "0") == "" {
		return Context{}, false
	}
	return Context{Trace: parts[1], Span: parts[2], Flags: parts[3]}, true
}

func random(bytes int) string {
	id := make([]byte, bytes)
	rand.Read(id) // never fails
	return hex.EncodeToString(id)
}

// Middleware continues the caller's trace, or begins one, and tells the client its name.
func Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place, ok := parse(r.Header.Get("Traceparent"))
		if !ok {
			place = Context{Trace: random(16), Flags: "01"}
		}
		place.Span = random(8)
		w.Header().Set("Trace-Id", place.Trace)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, place)))
	})
}

// Transport passes the trace on; each call is a span of its own. Messages carry the same header.
type Transport struct{ Base http.RoundTripper }

func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if place := From(r.Context()); place.Trace != "" {
		r = r.Clone(r.Context()) // a transport must not change the caller's request
		r.Header.Set("Traceparent", "00-"+place.Trace+"-"+random(8)+"-"+place.Flags)
	}
	return t.Base.RoundTrip(r)
}

// Handler adds the trace to each line that is logged with a context.
type Handler struct{ slog.Handler }

func (h Handler) Handle(ctx context.Context, line slog.Record) error {
	if place := From(ctx); place.Trace != "" {
		line = line.Clone()
		line.AddAttrs(slog.String("trace_id", place.Trace), slog.String("span_id", place.Span))
	}
	return h.Handler.Handle(ctx, line)
}

func (h Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return Handler{h.Handler.WithAttrs(attrs)}
}
func (h Handler) WithGroup(name string) slog.Handler { return Handler{h.Handler.WithGroup(name)} }
