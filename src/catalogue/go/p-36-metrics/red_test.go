package red

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func handler(t *testing.T) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(200 * time.Millisecond)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("cannot flush: %v", err)
		}
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	return mux
}

func TestLabelsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &Metrics{}
		measured := m.Measure(handler(t))
		ask := func(method, path string) {
			defer func() { recover() }()
			measured.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
		}
		var group sync.WaitGroup
		for i := range 100 {
			group.Go(func() {
				ask("GET", fmt.Sprint("/orders/", i))
				ask("GET", fmt.Sprint("/scan/", i))
				ask(fmt.Sprint("METHOD", i), "/broken")
			})
		}
		group.Wait()
		ask("POST", "/panic")
		want := map[Labels]uint64{
			{"GET /orders/{id}", "GET", "2xx"}: 100,
			{"none", "GET", "4xx"}:             100,
			{"/broken", "other", "5xx"}:        100,
			{"/panic", "POST", "5xx"}:          1,
		}
		if len(m.series) != len(want) {
			t.Errorf("%d series", len(m.series))
		}
		for labels, count := range want {
			if s := m.series[labels]; s == nil || s.count != count {
				t.Errorf("%v: %+v, not %d", labels, s, count)
			}
		}
		if p99, ok := m.Quantile(Labels{"GET /orders/{id}", "GET", "2xx"}, 0.99); !ok || p99 != 0.25 {
			t.Errorf("p99 %v, %v", p99, ok)
		}
	})
}

func TestQuantiles(t *testing.T) {
	m := &Metrics{}
	labels := Labels{"/", "GET", "2xx"}
	if _, ok := m.Quantile(labels, 0.5); ok {
		t.Error("a quantile of nothing")
	}
	for range 9 {
		m.observe(labels, 5*time.Millisecond) // on the bound: below it
	}
	m.observe(labels, time.Minute)
	if p50, ok := m.Quantile(labels, 0.5); !ok || p50 != 0.005 {
		t.Error(p50, ok)
	}
	if _, ok := m.Quantile(labels, 0.99); ok {
		t.Error("a bound for what lies beyond the last one")
	}
}
