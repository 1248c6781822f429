package health

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func ready(h *Health) (int, string) {
	w := httptest.NewRecorder()
	h.Ready(w, httptest.NewRequest("GET", "/readyz", nil))
	return w.Code, w.Body.String()
}

// within starts checks that end with the test.
func within(t *testing.T, checks map[string]Check, body func(*Health)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := Start(ctx, 10*time.Second, time.Second, checks)
		body(h)
		cancel()
	})
}

func TestReadinessFollowsTheChecks(t *testing.T) {
	var failure atomic.Value
	failure.Store(errors.New("password=hunter2 refused"))
	down := atomic.Bool{}
	checks := map[string]Check{
		"database": func(context.Context) error {
			if down.Load() {
				return failure.Load().(error)
			}
			return nil
		},
		"broker": func(context.Context) error { return nil },
	}
	within(t, checks, func(h *Health) {
		synctest.Wait()
		if code, body := ready(h); code != 200 {
			t.Errorf("%d %s", code, body)
		}
		down.Store(true)
		time.Sleep(11 * time.Second)
		code, body := ready(h)
		if code != 503 || !strings.Contains(body, `"database":false`) || !strings.Contains(body, `"broker":true`) {
			t.Errorf("%d %s", code, body)
		}
		if strings.Contains(body, "hunter2") {
			t.Errorf("the probe tells the cause: %s", body)
		}
		w := httptest.NewRecorder()
		h.Live(w, httptest.NewRequest("GET", "/livez", nil))
		if w.Code != 200 {
			t.Error("a dependency's outage restarts the process")
		}
		down.Store(false)
		time.Sleep(11 * time.Second)
		if code, body := ready(h); code != 200 {
			t.Errorf("%d %s", code, body)
		}
	})
}

func TestNotReadyBeforeTheFirstResult(t *testing.T) {
	slow := func(ctx context.Context) error { time.Sleep(500 * time.Millisecond); return nil }
	within(t, map[string]Check{"cache": slow}, func(h *Health) {
		if code, _ := ready(h); code != 503 {
			t.Errorf("%d before anything is known", code)
		}
		time.Sleep(time.Second)
		if code, _ := ready(h); code != 200 {
			t.Errorf("%d after the first check", code)
		}
	})
}

func TestHangingAndPanickingChecksAreFailures(t *testing.T) {
	var started atomic.Int64
	hang := atomic.Bool{}
	checks := map[string]Check{"driver": func(context.Context) error {
		started.Add(1)
		if hang.Load() {
			for range 120 { // ignores its context
				time.Sleep(time.Second)
			}
		}
		return nil
	}}
	within(t, checks, func(h *Health) {
		synctest.Wait()
		hang.Store(true)
		time.Sleep(100 * time.Second)
		if code, body := ready(h); code != 503 {
			t.Errorf("%d %s while the check hangs", code, body)
		}
		if started.Load() != 2 {
			t.Errorf("the hanging check was started again: %d", started.Load())
		}
		hang.Store(false)
		time.Sleep(time.Minute)
		if code, body := ready(h); code != 200 {
			t.Errorf("%d %s", code, body)
		}
	})
	panics := func(context.Context) error { panic("nil map") }
	within(t, map[string]Check{"driver": panics}, func(h *Health) {
		synctest.Wait()
		if code, _ := ready(h); code != 503 {
			t.Errorf("%d after a panic", code)
		}
	})
}

func TestDrainingIsNotReady(t *testing.T) {
	within(t, nil, func(h *Health) {
		if code, _ := ready(h); code != 200 {
			t.Error(code)
		}
		h.Drain()
		if code, _ := ready(h); code != 503 {
			t.Error(code)
		}
	})
}
