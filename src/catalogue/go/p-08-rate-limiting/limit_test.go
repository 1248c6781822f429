package limit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestBurstThenRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &Limiter{Rate: 2, Burst: 3, MaxKeys: 10}
		for i := range 3 {
			if ok, _ := l.Allow("a"); !ok {
				t.Errorf("call %d of the burst refused", i)
			}
		}
		ok, wait := l.Allow("a")
		if ok || wait != 500*time.Millisecond {
			t.Errorf("%v, wait %v", ok, wait)
		}
		if ok, _ := l.Allow("b"); !ok {
			t.Error("one caller's burst refuses another")
		}
		time.Sleep(wait)
		if ok, _ := l.Allow("a"); !ok {
			t.Error("refused after the wait that was asked for")
		}
		time.Sleep(time.Hour)
		passed := 0
		for range 100 {
			if ok, _ := l.Allow("a"); ok {
				passed++
			}
		}
		if passed != 3 {
			t.Errorf("%d at once after an hour, the burst is 3", passed)
		}
	})
}

func TestStrangersCannotClaimMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &Limiter{Rate: 1, Burst: 2, MaxKeys: 100}
		l.Allow("known")
		for i := range 10_000 {
			l.Allow(fmt.Sprint("stranger ", i))
		}
		if len(l.buckets) > 100 {
			t.Errorf("%d buckets", len(l.buckets))
		}
		if ok, _ := l.Allow("known"); !ok {
			t.Error("a known caller is refused")
		}
		time.Sleep(10 * time.Second)
		if ok, _ := l.Allow("another"); !ok {
			t.Error("no room although all buckets are full again")
		}
	})
}

func TestManyCallersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &Limiter{Rate: 1, Burst: 10, MaxKeys: 10}
		var group sync.WaitGroup
		passed := make(chan bool, 100)
		for range 100 {
			group.Go(func() {
				ok, _ := l.Allow("a")
				passed <- ok
			})
		}
		group.Wait()
		close(passed)
		count := 0
		for ok := range passed {
			if ok {
				count++
			}
		}
		if count != 10 {
			t.Errorf("%d passed, the burst is 10", count)
		}
	})
}

func TestTooManyIs429WithRetryAfter(t *testing.T) {
	l := &Limiter{Rate: 0.1, Burst: 1, MaxKeys: 10}
	handler := l.PerKey(func(*http.Request) string { return "ada" }, http.NotFoundHandler())
	r := httptest.NewRequest("GET", "/", nil)
	handler.ServeHTTP(httptest.NewRecorder(), r)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != 429 || w.Header().Get("Retry-After") != "10" {
		t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
}

func TestSheddingKeepsWhatIsInProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := Shed(2, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/panic" {
				panic(http.ErrAbortHandler)
			}
			time.Sleep(time.Second)
		}))
		var group sync.WaitGroup
		codes := make(chan int, 5)
		for range 5 {
			group.Go(func() {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				codes <- w.Code
			})
		}
		group.Wait()
		close(codes)
		count := map[int]int{}
		for code := range codes {
			count[code]++
		}
		if count[200] != 2 || count[503] != 3 {
			t.Errorf("%v", count)
		}
		for range 5 {
			func() {
				defer func() { recover() }()
				handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/panic", nil))
			}()
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if w.Code != 200 {
			t.Error("panics took the slots")
		}
	})
}
