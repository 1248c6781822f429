// Package logging writes one JSON object per event and keeps personal data and secrets out of it.
package logging

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Email logs as a pseudonym: the same person can be followed, and the address is not told.
type Email struct {
	Address string
	Key     []byte // a secret, or the pseudonym could be found by trying
}

func (e Email) LogValue() slog.Value {
	sum := hmac.New(sha256.New, e.Key)
	sum.Write([]byte(strings.ToLower(e.Address)))
	return slog.StringValue("user-" + hex.EncodeToString(sum.Sum(nil)[:8]))
}

// Secret never shows itself, whichever way it is printed.
type Secret string

const hidden = "[hidden]"

func (Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// New is the service's logger. Types that hide themselves are the rule; the list of names is a net
// below them for what comes from elsewhere.
func New(out io.Writer, service, version string) *slog.Logger {
	never := []string{"password", "token", "secret", "authorization", "cookie", "api_key"}
	handler := slog.NewJSONHandler(out, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			name := strings.ToLower(strings.ReplaceAll(a.Key, "-", "_"))
			for _, word := range never {
				if strings.Contains(name, word) {
					return slog.String(a.Key, hidden)
				}
			}
			return a
		},
	})
	return slog.New(handler).With("service", service, "version", version)
}

// Requests writes one line for each request, also for one that panics. It names the route and not
// the path, which holds identities and grows without end.
func Requests(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := &recorder{ResponseWriter: w, status: http.StatusOK}
		start, panicked := time.Now(), true
		defer func() {
			level := slog.LevelInfo
			if panicked || recorder.status >= 500 {
				level = slog.LevelError
			}
			log.LogAttrs(r.Context(), level, "request",
				slog.String("method", r.Method), slog.String("route", r.Pattern),
				slog.Int("status", recorder.status), slog.Bool("panicked", panicked),
				slog.Duration("took", time.Since(start)))
		}()
		next.ServeHTTP(recorder, r)
		panicked = false
	})
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach Flush, Hijack and deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
