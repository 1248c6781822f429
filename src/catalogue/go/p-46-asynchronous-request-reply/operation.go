// Package operation accepts long work at once and tells afterwards how it went.
package operation

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

type Operation struct {
	ID     string          `json:"id"`
	Status string          `json:"status"` // queued, running, done, failed
	Result string          `json:"result,omitempty"`
	Error  json.RawMessage `json:"error,omitempty"`
	Owner  string          `json:"-"`
}

var (
	ErrUnknown = errors.New("no such operation")
	ErrBusy    = errors.New("too many operations are waiting")
)

// Store is durable and also the queue: what was accepted outlives a restart. Create returns the
// operation that the same owner began with the same key, if there is one.
type Store interface {
	Create(ctx context.Context, owner, key string, input []byte) (Operation, error)
	Find(ctx context.Context, id string) (Operation, error)
}

type API struct {
	Store Store
	Owner func(*http.Request) string
}

// Accept answers 202 with the address of the operation: only after it was stored.
func (a API) Accept(w http.ResponseWriter, r *http.Request) {
	var input json.RawMessage
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&input); err != nil {
		http.Error(w, "the body is not JSON of at most 1 MiB", http.StatusBadRequest)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		http.Error(w, "Idempotency-Key is missing", http.StatusBadRequest)
		return
	}
	operation, err := a.Store.Create(r.Context(), a.Owner(r), key, input)
	switch {
	case errors.Is(err, ErrBusy): // better now than after an hour in the queue
		w.Header().Set("Retry-After", "30")
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	case err != nil:
		http.Error(w, "could not be accepted", http.StatusInternalServerError)
	default:
		w.Header().Set("Location", "/operations/"+operation.ID)
		answer(w, http.StatusAccepted, operation)
	}
}

// Status tells how it went. While it is not decided the client is told when to ask again.
func (a API) Status(w http.ResponseWriter, r *http.Request) {
	operation, err := a.Store.Find(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrUnknown), err == nil && operation.Owner != a.Owner(r):
		http.Error(w, "no such operation", http.StatusNotFound) // also for those of others
		return
	case err != nil:
		http.Error(w, "could not be read", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if operation.Status == "queued" || operation.Status == "running" {
		w.Header().Set("Retry-After", "2")
	}
	answer(w, http.StatusOK, operation) // also when it failed: that is what was asked
}

func answer(w http.ResponseWriter, status int, operation Operation) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(operation)
}
