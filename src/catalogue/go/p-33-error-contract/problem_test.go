package problem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// answer is what a client gets for an error, and what the log holds afterwards.
func answer(t *testing.T, err error) (Problem, *httptest.ResponseRecorder, string) {
	t.Helper()
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	w := httptest.NewRecorder()
	trace := func(context.Context) string { return "4bf92f35" }
	Handler(trace, func(http.ResponseWriter, *http.Request) error { return err }).
		ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p, w, log.String()
}

func TestErrorsBecomeStatuses(t *testing.T) {
	for want, err := range map[int]error{
		403: ErrForbidden,
		404: fmt.Errorf("order 7: %w", ErrNotFound),
		409: errors.Join(errors.New("update"), ErrConflict),
		413: fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 1}),
		422: fmt.Errorf("decode: %w", Invalid{"amount": "must be positive"}),
		500: errors.New("dial tcp 10.1.2.3:5432: refused"),
		504: fmt.Errorf("stock: %w", context.DeadlineExceeded),
	} {
		p, w, _ := answer(t, err)
		if w.Code != want || p.Status != want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v: %d, %+v", err, w.Code, p)
		}
		if !strings.HasSuffix(p.Type, p.Code) || p.Trace != "4bf92f35" {
			t.Errorf("%+v", p)
		}
	}
}

func TestCausesStayInside(t *testing.T) {
	_, w, log := answer(t, errors.New("dial tcp 10.1.2.3:5432: refused"))
	if strings.Contains(w.Body.String(), "10.1.2.3") {
		t.Errorf("told the client: %s", w.Body)
	}
	if !strings.Contains(log, "10.1.2.3") || !strings.Contains(log, "level=ERROR") {
		t.Errorf("not in the log: %s", log)
	}
	_, _, log = answer(t, ErrNotFound)
	if !strings.Contains(log, "level=INFO") {
		t.Errorf("a mistake of the caller is no error of ours: %s", log)
	}
}

func TestFieldsAreNamed(t *testing.T) {
	p, _, _ := answer(t, Invalid{"amount": "must be positive"})
	if p.Fields["amount"] != "must be positive" {
		t.Errorf("%+v", p)
	}
}

func TestAnAnsweredRequestIsLeftAlone(t *testing.T) {
	w := httptest.NewRecorder()
	Handler(nil, func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusCreated)
		return nil
	}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 201 || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestACallerThatLeftIsNoError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	Handler(nil, func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }).
		ServeHTTP(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
	if w.Body.Len() != 0 {
		t.Errorf("%s", w.Body)
	}
}
