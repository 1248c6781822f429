// Package red measures rate, errors and duration of requests with few and known labels.
package red

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Labels are bounded: routes are those of the mux, methods and classes are lists.
type Labels struct{ Route, Method, Class string }

// Seconds are the upper bounds of the buckets; put one where the objective is.
var Seconds = []float64{0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10}

type series struct {
	buckets []uint64 // one for each bound, not cumulative
	count   uint64
	sum     float64
}

type Metrics struct {
	mu     sync.Mutex
	series map[Labels]*series
}

func (m *Metrics) observe(labels Labels, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.series == nil {
		m.series = make(map[Labels]*series)
	}
	s := m.series[labels]
	if s == nil {
		s = &series{buckets: make([]uint64, len(Seconds))}
		m.series[labels] = s
	}
	s.count++
	s.sum += took.Seconds()
	if i, _ := slices.BinarySearch(Seconds, took.Seconds()); i < len(Seconds) {
		s.buckets[i]++
	}
}

// Measure counts each request of a mux, also those that match nothing and those that panic.
func (m *Metrics) Measure(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		labels := Labels{Route: "none", Method: "other", Class: "5xx"} // the class of a panic
		if known := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}; slices.Contains(known, r.Method) {
			labels.Method = r.Method
		}
		recorder := &recorder{ResponseWriter: w, status: http.StatusOK}
		start := time.Now()
		defer func() {
			if r.Pattern != "" {
				labels.Route = r.Pattern // "/orders/{id}": never the path
			}
			m.observe(labels, time.Since(start))
		}()
		mux.ServeHTTP(recorder, r)
		labels.Class = fmt.Sprintf("%dxx", recorder.status/100)
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

// Quantile is the bound below which that share of a series lies; ok is false when there is none.
func (m *Metrics) Quantile(labels Labels, share float64) (seconds float64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.series[labels]
	if s == nil {
		return 0, false
	}
	below := uint64(0)
	for i, count := range s.buckets {
		if below += count; float64(below) >= share*float64(s.count) {
			return Seconds[i], true
		}
	}
	return 0, false // beyond the last bound
}
