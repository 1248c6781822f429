package logging

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPersonalDataAndSecretsStayOut(t *testing.T) {
	var out bytes.Buffer
	log := New(&out, "orders", "1.4.2")
	key := []byte("k")
	log.Info("signed in", "user", Email{"Ada@example.com", key}, "key", Secret("s3cr3t"),
		"Api-Key", "s3cr3t", slog.Group("headers", "Authorization", "Bearer s3cr3t"), "db_password", "s3cr3t")
	log.Info("signed in again", "user", Email{"ada@example.com", key})
	log.Info(fmt.Sprintf("%v %+v %#v %s", Secret("s3cr3t"), struct{ S Secret }{"s3cr3t"}, Secret("s3cr3t"), Secret("s3cr3t")))
	json.NewEncoder(&out).Encode(struct{ S Secret }{"s3cr3t"})
	text := out.String()
	for _, leak := range []string{"s3cr3t", "example.com", "Ada"} {
		if strings.Contains(text, leak) {
			t.Errorf("%q is in the log:\n%s", leak, text)
		}
	}
	lines := strings.Split(text, "\n")
	var first, second map[string]any
	if json.Unmarshal([]byte(lines[0]), &first) != nil || json.Unmarshal([]byte(lines[1]), &second) != nil {
		t.Fatal(text)
	}
	if first["user"] != second["user"] || first["service"] != "orders" || first["version"] != "1.4.2" {
		t.Errorf("%v\n%v", first, second)
	}
}

func request(t *testing.T, path string) map[string]any {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("cannot flush: %v", err)
		}
	})
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	var out bytes.Buffer
	func() {
		defer func() { recover() }()
		Requests(New(&out, "orders", "1"), mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}()
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%q: %v", out.String(), err)
	}
	return line
}

func TestOneLineForEachRequest(t *testing.T) {
	line := request(t, "/orders/7")
	if line["route"] != "GET /orders/{id}" || line["status"] != 202.0 || line["level"] != "INFO" {
		t.Errorf("%v", line)
	}
	line = request(t, "/panic")
	if line["panicked"] != true || line["level"] != "ERROR" {
		t.Errorf("%v", line)
	}
	if line = request(t, "/nowhere"); line["status"] != 404.0 || line["route"] != "" {
		t.Errorf("%v", line)
	}
}
