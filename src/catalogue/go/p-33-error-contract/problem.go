// Package problem is the one place where errors become answers (RFC 9457).
package problem

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
)

// Errors the domain speaks of. They know nothing of HTTP, and are wrapped with %w on their way up.
var (
	ErrNotFound  = errors.New("not found")
	ErrForbidden = errors.New("forbidden")
	ErrConflict  = errors.New("changed meanwhile")
)

// Invalid lists what is wrong with the fields of a request; it is written to be read by the caller.
type Invalid map[string]string

func (Invalid) Error() string { return "invalid request" }

// Problem is what clients get. Type and Code are a contract: they change as other fields of the API
// do. Title and Detail are for people.
type Problem struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Code   string            `json:"code"`
	Fields map[string]string `json:"fields,omitempty"`
	Trace  string            `json:"trace,omitempty"` // what to tell support
}

const registry = "https://api.example.com/problems/"

// From maps an error. What is not known here is our failure, and its text stays here: a database
// that is away must not look like an order that does not exist.
func From(err error) Problem {
	var invalid Invalid
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &invalid):
		return of(422, "invalid-fields", "Some fields are not valid", invalid)
	case errors.As(err, &tooLarge):
		return of(413, "too-large", "The request is too large", nil)
	case errors.Is(err, ErrNotFound):
		return of(404, "not-found", "There is no such thing", nil)
	case errors.Is(err, ErrForbidden):
		return of(403, "forbidden", "You may not do this", nil)
	case errors.Is(err, ErrConflict):
		return of(409, "conflict", "Somebody else changed it; read it again", nil)
	case errors.Is(err, context.DeadlineExceeded):
		return of(504, "too-slow", "It took too long; you may try again", nil)
	}
	return of(500, "internal", "Something went wrong on our side", nil)
}

func of(status int, code, title string, fields map[string]string) Problem {
	return Problem{Type: registry + code, Title: title, Status: status, Code: code, Fields: fields}
}

// Handler lets handlers return their errors. One that has begun its answer must not return one.
func Handler(traceID func(context.Context) string, next func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := next(w, r)
		if err == nil || errors.Is(r.Context().Err(), context.Canceled) {
			return // answered, or nobody waits for an answer
		}
		p := From(err)
		p.Trace = traceID(r.Context())
		level := slog.LevelInfo // the caller's mistake
		if p.Status >= 500 {
			level = slog.LevelError
		}
		slog.Log(r.Context(), level, "request failed", "code", p.Code, "trace", p.Trace, "err", err)
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(p.Status)
		json.NewEncoder(w).Encode(p)
	})
}
