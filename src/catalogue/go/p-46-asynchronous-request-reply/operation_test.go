package operation

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

type memory struct {
	keys       map[string]string
	operations map[string]Operation
	room       int
	failure    error
}

func (m *memory) Create(_ context.Context, owner, key string, _ []byte) (Operation, error) {
	if m.failure != nil {
		return Operation{}, m.failure
	}
	if id, ok := m.keys[owner+"/"+key]; ok {
		return m.operations[id], nil
	}
	if len(m.operations) >= m.room {
		return Operation{}, ErrBusy
	}
	operation := Operation{ID: strconv.Itoa(len(m.operations) + 1), Status: "queued", Owner: owner}
	m.keys[owner+"/"+key] = operation.ID
	m.operations[operation.ID] = operation
	return operation, nil
}

func (m *memory) Find(_ context.Context, id string) (Operation, error) {
	operation, ok := m.operations[id]
	if !ok {
		return Operation{}, ErrUnknown
	}
	return operation, m.failure
}

func service(m *memory) http.Handler {
	m.keys, m.operations, m.room = map[string]string{}, map[string]Operation{}, 2
	api := API{Store: m, Owner: func(r *http.Request) string { return r.Header.Get("User") }}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /exports", api.Accept)
	mux.HandleFunc("GET /operations/{id}", api.Status)
	return mux
}

func ask(handler http.Handler, method, path, user, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("User", user)
	r.Header.Set("Idempotency-Key", key)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestFromAcceptedToDone(t *testing.T) {
	m := &memory{}
	handler := service(m)
	w := ask(handler, "POST", "/exports", "ada", "k1", `{"month":"2026-10"}`)
	if w.Code != 202 || w.Header().Get("Location") != "/operations/1" {
		t.Fatalf("%d, %v", w.Code, w.Header())
	}
	place := w.Header().Get("Location")
	if again := ask(handler, "POST", "/exports", "ada", "k1", `{"month":"2026-10"}`); again.Header().Get("Location") != place {
		t.Errorf("a repetition began another one: %v", again.Header())
	}
	if w = ask(handler, "GET", place, "ada", "", ""); w.Code != 200 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	m.operations["1"] = Operation{ID: "1", Status: "failed", Owner: "ada", Error: json.RawMessage(`{"code":"no-data"}`)}
	w = ask(handler, "GET", place, "ada", "", "")
	if w.Code != 200 || w.Header().Get("Retry-After") != "" || !strings.Contains(w.Body.String(), "no-data") {
		t.Errorf("%d, %v, %s", w.Code, w.Header(), w.Body)
	}
	if w = ask(handler, "GET", place, "mallory", "", ""); w.Code != 404 {
		t.Errorf("a stranger reads it: %d", w.Code)
	}
}

func TestRefusals(t *testing.T) {
	m := &memory{}
	handler := service(m)
	for want, c := range map[int][3]string{
		400: {"ada", "", "{}"},
		503: {"ada", "k3", "{}"},
	} {
		if want == 503 {
			ask(handler, "POST", "/exports", "ada", "k1", "{}")
			ask(handler, "POST", "/exports", "ada", "k2", "{}")
		}
		if w := ask(handler, "POST", "/exports", c[0], c[1], c[2]); w.Code != want {
			t.Errorf("%d, not %d", w.Code, want)
		}
	}
	if w := ask(handler, "POST", "/exports", "ada", "k", "no json"); w.Code != 400 {
		t.Error(w.Code)
	}
	if w := ask(handler, "GET", "/operations/77", "ada", "", ""); w.Code != 404 {
		t.Error(w.Code)
	}
	m.failure = errors.New("dial tcp 10.1.2.3")
	for _, w := range []*httptest.ResponseRecorder{
		ask(handler, "POST", "/exports", "ada", "k9", "{}"), ask(handler, "GET", "/operations/1", "ada", "", ""),
	} {
		if w.Code != 500 || strings.Contains(w.Body.String(), "10.1.2.3") {
			t.Errorf("%d, %s", w.Code, w.Body)
		}
	}
}
