package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

type backend func(*http.Request) (*http.Response, error)

func (f backend) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func who(r *http.Request) (string, error) {
	if r.Header.Get("Authorization") == "" {
		return "", errors.New("no token")
	}
	return "ada", nil
}

func edge(f backend) http.Handler {
	target := &url.URL{Scheme: "http", Host: "orders.internal"}
	return New([]Route{{"/orders/", target, 20 * time.Millisecond, 8}}, who, f)
}

func ask(handler http.Handler, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer x")
	r.Header.Set("X-User-Id", "root")
	r.Header.Set("X-Internal-Role", "admin")
	r.Header.Set("X-Forwarded-For", "10.0.0.1")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestClaimsOfTheCallerDoNotPass(t *testing.T) {
	var got *http.Request
	w := ask(edge(func(r *http.Request) (*http.Response, error) {
		got = r
		return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}}, nil
	}), "/orders/7", "")
	if w.Code != 200 || got.URL.String() != "http://orders.internal/orders/7" {
		t.Fatalf("%d for %v", w.Code, got.URL)
	}
	if got.Header.Get("X-User-Id") != "ada" || got.Header.Get("X-Internal-Role") != "" {
		t.Errorf("believed the caller: %v", got.Header)
	}
	if from := got.Header.Get("X-Forwarded-For"); from != "192.0.2.1" {
		t.Errorf("the caller chose its address: %q", from)
	}
}

func TestUnknownAndUnauthenticatedAreRefused(t *testing.T) {
	handler := edge(func(*http.Request) (*http.Response, error) {
		t.Error("a call reached the backend")
		return nil, errors.New("offline")
	})
	if w := ask(handler, "/admin/", ""); w.Code != 404 {
		t.Errorf("not listed: %d", w.Code)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/orders/7", nil))
	if w.Code != 401 {
		t.Errorf("without a token: %d", w.Code)
	}
}

func TestFailuresBecomeStatuses(t *testing.T) {
	secret := errors.New("dial tcp 10.1.2.3: refused")
	for want, f := range map[int]backend{
		502: func(*http.Request) (*http.Response, error) { return nil, secret },
		504: func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		},
		413: func(r *http.Request) (*http.Response, error) {
			_, err := io.ReadAll(r.Body)
			return nil, err
		},
	} {
		w := ask(edge(f), "/orders/", "123456789")
		if w.Code != want || strings.Contains(w.Body.String(), "10.1.2.3") {
			t.Errorf("%d and %q, not %d", w.Code, w.Body, want)
		}
	}
}
