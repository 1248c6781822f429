package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// serve is what a handler and its callee see of a request.
func serve(t *testing.T, header string) (at Context, sent string, w *httptest.ResponseRecorder) {
	t.Helper()
	transport := Transport{Base: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r.Header.Get("Traceparent")
		return nil, errors.New("offline")
	})}
	handler := Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		at = From(r.Context())
		out := httptest.NewRequest("GET", "/", nil).WithContext(r.Context())
		transport.RoundTrip(out)
		if out.Header.Get("Traceparent") != "" {
			t.Error("the caller's request was changed")
		}
	}))
	r := httptest.NewRequest("GET", "/", nil)
	if header != "" {
		r.Header.Set("Traceparent", header)
	}
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return at, sent, w
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestATraceGoesOn(t *testing.T) {
	at, sent, w := serve(t, given)
	if at.Trace != "4bf92f3577b34da6a3ce929d0e0e4736" || at.Span == "00f067aa0ba902b7" || at.Flags != "01" {
		t.Errorf("%+v", at)
	}
	next, ok := parse(sent)
	if !ok || next.Trace != at.Trace || next.Span == at.Span {
		t.Errorf("sent %q from %+v", sent, at)
	}
	if w.Header().Get("Trace-Id") != at.Trace {
		t.Error("the client is not told")
	}
	if at, _, _ := serve(t, strings.TrimSuffix(given, "01")+"00"); at.Flags != "00" {
		t.Errorf("not to be recorded, yet %+v", at)
	}
}

func TestATraceBeginsWhereNoneCame(t *testing.T) {
	seen := map[string]bool{}
	for _, header := range []string{
		"",
		"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01",
		strings.Replace(given, "-00f067aa0ba902b7-", "-"+strings.Repeat("0", 16)+"-", 1),
		strings.ToUpper(given),
		given + "\nlevel=ERROR",
		"ff" + given[2:],
		given[:50],
	} {
		at, sent, _ := serve(t, header)
		if len(at.Trace) != 32 || at.Trace == "4bf92f3577b34da6a3ce929d0e0e4736" || seen[at.Trace] {
			t.Errorf("%q gives %+v", header, at)
		}
		if _, ok := parse(sent); !ok {
			t.Errorf("%q sends %q", header, sent)
		}
		seen[at.Trace] = true
	}
}

func TestEveryLineNamesItsTrace(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(Handler{slog.NewJSONHandler(&out, nil)}).With("service", "orders")
	handler := Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		log.InfoContext(r.Context(), "placed")
	}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Traceparent", given)
	handler.ServeHTTP(httptest.NewRecorder(), r)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["trace_id"] != "4bf92f3577b34da6a3ce929d0e0e4736" || line["service"] != "orders" {
		t.Errorf("%v", line)
	}
	out.Reset()
	log.Info("started")
	if strings.Contains(out.String(), "trace_id") {
		t.Error(out.String())
	}
}

func TestWithoutATraceNothingIsSent(t *testing.T) {
	transport := Transport{Base: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Traceparent") != "" {
			t.Error(r.Header)
		}
		return nil, errors.New("offline")
	})}
	transport.RoundTrip(httptest.NewRequest("GET", "/", nil))
}
