// Command openid is an OpenID provider for tests, made of zitadel/oidc: it speaks
// the real protocol on one address, keeps everything in memory and learns its users
// and clients from statements that are sent to /statements.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"html/template"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:5556", "where to serve")
	key := flag.String("key", "", "what /statements asks for")
	flag.Parse()
	handler, err := newHandler(*key)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: *listen, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// newHandler is the provider. Its issuer is the address that it was asked at, so
// that it can be reached through something that breaks.
func newHandler(key string) (http.Handler, error) {
	s, err := newStorage()
	if err != nil {
		return nil, err
	}
	config := &op.Config{CryptoKeyId: "tokens", CodeMethodS256: true, AuthMethodPost: true}
	_, _ = rand.Read(config.CryptoKey[:])
	provider, err := op.NewProvider(config, s, op.IssuerFromHost(""), op.WithAllowInsecure())
	if err != nil {
		return nil, err
	}
	l := &login{storage: s, back: op.AuthCallbackURL(provider)}
	issuer := op.NewIssuerInterceptor(provider.IssuerFromRequest)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", l.show)
	mux.HandleFunc("POST /login", issuer.HandlerFunc(l.take))
	mux.HandleFunc("POST /statements", s.statements(key))
	mux.Handle("POST "+provider.TokenEndpoint().Relative(), s.otherClaims(provider))
	mux.Handle("/", provider)
	return mux, nil
}

// statements takes one statement as the body.
func (s *storage) statements(key string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		if r.Header.Get("Authorization") != "Bearer "+key {
			err = errors.New("wrong key")
		}
		if err == nil {
			err = s.do(string(text))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	}
}

// login is the page that asks for name and password.
type login struct {
	storage *storage
	back    func(context.Context, string) string
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">
<h1>Provider</h1>{{with .Problem}}<p role="alert">{{.}}</p>{{end}}
<form method="post" action="/login"><input type="hidden" name="id" value="{{.ID}}">
<label>Name <input name="name" autofocus></label> <label>Password <input name="password" type="password"></label>
<button name="do" value="enter">Sign in</button> <button name="do" value="refuse">Refuse</button></form></html>`))

func (l *login) show(w http.ResponseWriter, r *http.Request) { l.render(w, r.FormValue("id"), "") }

func (l *login) render(w io.Writer, id, problem string) {
	_ = page.Execute(w, map[string]string{"ID": id, "Problem": problem})
}

func (l *login) take(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	if r.FormValue("do") == "refuse" {
		target, err := l.storage.refuse(id)
		if err != nil {
			l.render(w, id, err.Error())
			return
		}
		http.Redirect(w, r, target, http.StatusFound)
		return
	}
	if err := l.storage.signIn(id, r.FormValue("name"), r.FormValue("password")); err != nil {
		l.render(w, id, err.Error())
		return
	}
	http.Redirect(w, r, l.back(r.Context(), id), http.StatusFound)
}
