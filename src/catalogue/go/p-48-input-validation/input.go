// Package input turns bytes from outside into values that are known to be good.
package input

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// Email is an address that could receive mail. Whether it does, and belongs to the person, only a
// message with a link can tell.
type Email struct{ address string }

func (e Email) String() string { return e.address }

var errEmail = errors.New("is not a mail address")

// ParseEmail accepts what mail servers accept: apostrophes, plus signs, letters of any script. It
// asks for a domain with a dot, since this is for people on the internet.
func ParseEmail(text string) (Email, error) {
	text = strings.TrimSpace(text)
	parsed, err := mail.ParseAddress(text)
	// The parser also reads `Ada <ada@example.com>` and quoted names; those are not what was asked.
	if err != nil || parsed.Name != "" || parsed.Address != text || len(text) > 254 {
		return Email{}, errEmail
	}
	at := strings.LastIndexByte(text, '@')
	labels := strings.Split(text[at+1:], ".")
	if at > 64 || len(labels) < 2 {
		return Email{}, errEmail
	}
	for _, label := range labels {
		bad := label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-")
		if bad || strings.ContainsAny(label, "_[]:!#$%&'*+/=?^`{|}~") {
			return Email{}, errEmail
		}
	}
	return Email{address: text[:at+1] + strings.ToLower(text[at+1:])}, nil
}

// Signup is what a client sends; Account is what the rest of the program gets.
type Signup struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Seats int    `json:"seats"`
}

type Account struct {
	Email Email
	Name  string
	Seats int
}

// Fields says what is wrong with which field.
type Fields map[string]string

func (f Fields) Error() string { return fmt.Sprintf("invalid fields: %v", map[string]string(f)) }

// Read decodes one JSON object of bounded size and checks all fields, so that a form can show
// everything at once.
func Read(w http.ResponseWriter, r *http.Request) (Account, error) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10))
	decoder.DisallowUnknownFields() // a misspelt field is not ignored
	var signup Signup
	if err := decoder.Decode(&signup); err != nil {
		return Account{}, fmt.Errorf("decode: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Account{}, errors.New("decode: something follows the object")
	}
	wrong := make(Fields)
	account := Account{Name: strings.TrimSpace(signup.Name), Seats: signup.Seats}
	var err error
	if account.Email, err = ParseEmail(signup.Email); err != nil {
		wrong["email"] = err.Error()
	}
	if length := utf8.RuneCountInString(account.Name); length < 1 || length > 100 {
		wrong["name"] = "has 1 to 100 characters"
	}
	if account.Seats < 1 || account.Seats > 500 {
		wrong["seats"] = "is between 1 and 500"
	}
	if len(wrong) > 0 {
		return Account{}, wrong
	}
	return account, nil
}
