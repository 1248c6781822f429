package deadline

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheCallersTimeShortensButNeverLengthens(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"":                     10 * time.Second,
		"2000":                 2 * time.Second,
		"99999":                10 * time.Second,
		"-1":                   10 * time.Second,
		"soon":                 10 * time.Second,
		"18446744073709551615": 10 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			var got time.Duration
			handler := Serve(10*time.Second, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				deadline, _ := r.Context().Deadline()
				got = time.Until(deadline)
			}))
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set(Header, header)
			handler.ServeHTTP(httptest.NewRecorder(), r)
			if got != want {
				t.Errorf("%q gives %v, not %v", header, got, want)
			}
		})
	}
}

func TestACallLeavesTheReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		call, done, err := ForCall(ctx, "stock", 5*time.Second, 200*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		start := time.Now()
		<-call.Done()
		if waited := time.Since(start); waited != 800*time.Millisecond {
			t.Errorf("waited %v", waited)
		}
		cause := context.Cause(call)
		if !errors.Is(cause, context.DeadlineExceeded) || !strings.Contains(cause.Error(), "stock") {
			t.Errorf("the cause names the slow call, got %v", cause)
		}
		if _, _, err := ForCall(ctx, "prices", time.Second, 200*time.Millisecond); !errors.Is(err, ErrNoTime) {
			t.Errorf("no call without time, got %v", err)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheRemainingTimeTravels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent string
		transport := Transport{Base: roundTrip(func(r *http.Request) (*http.Response, error) {
			sent = r.Header.Get(Header)
			return nil, errors.New("offline")
		})}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		time.Sleep(300 * time.Millisecond)
		r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
		transport.RoundTrip(r)
		if sent != "700" || r.Header.Get(Header) != "" {
			t.Errorf("sent %q; the caller's request now has %q", sent, r.Header.Get(Header))
		}
		time.Sleep(time.Second)
		sent = ""
		if _, err := transport.RoundTrip(r); !errors.Is(err, ErrNoTime) || sent != "" {
			t.Errorf("sent %q after the deadline, %v", sent, err)
		}
	})
}

func TestRequestsWithoutADeadlineAreRefused(t *testing.T) {
	transport := Transport{Base: roundTrip(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, errors.New("offline")
	})}
	if _, err := transport.RoundTrip(httptest.NewRequest("GET", "/", nil)); err == nil {
		t.Error("a call without an end")
	}
}

func TestTwoServicesShareOneBudget(t *testing.T) {
	var inner time.Duration
	back := httptest.NewServer(Serve(time.Hour, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		deadline, _ := r.Context().Deadline()
		inner = time.Until(deadline)
	})))
	defer back.Close()
	client := &http.Client{Transport: Transport{Base: http.DefaultTransport}}
	defer client.CloseIdleConnections()
	front := Serve(time.Minute, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		request, _ := http.NewRequestWithContext(r.Context(), "GET", back.URL, nil)
		response, err := client.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		response.Body.Close()
	}))
	front.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if inner <= 50*time.Second || inner > time.Minute {
		t.Errorf("the second service got %v of the first one's minute", inner)
	}
}

func TestEveryPhaseOfTheServerHasALimit(t *testing.T) {
	server := NewServer(time.Second, http.NotFoundHandler())
	for _, limit := range []time.Duration{
		server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout, server.IdleTimeout,
	} {
		if limit <= 0 {
			t.Error("a phase without a limit")
		}
	}
}
