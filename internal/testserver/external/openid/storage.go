package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// storage is everything that the provider knows.
type storage struct {
	mu       sync.Mutex
	users    map[string]user    // by name
	clients  map[string]*client // by id
	requests map[string]*request
	codes    map[string]string // ids of requests
	keys     []key             // the last one signs
}

type user struct {
	password string
	claims   map[string]any // beside sub, which is the name
}

func newStorage() (*storage, error) {
	s := &storage{users: map[string]user{}, clients: map[string]*client{}, requests: map[string]*request{}, codes: map[string]string{}}
	return s, s.rotate()
}

// do does one statement:
//
//	user NAME PASSWORD {claims}
//	client ID SECRET REDIRECT {claims that its id tokens have instead; null for none}
//	rotate
//
// A user or a client of that name is replaced.
func (s *storage) do(statement string) error {
	words := strings.SplitN(statement, " ", 4)
	switch {
	case words[0] == "rotate":
		return s.rotate()
	case words[0] == "user" && len(words) == 4:
		u := user{password: words[2]}
		if err := json.Unmarshal([]byte(words[3]), &u.claims); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.users[words[1]] = u
	case words[0] == "client" && len(words) == 4:
		redirect, claims, _ := strings.Cut(words[3], " ")
		c := &client{id: words[1], secret: words[2], redirect: redirect}
		if claims != "" {
			if err := json.Unmarshal([]byte(claims), &c.claims); err != nil {
				return err
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.clients[c.id] = c
	default:
		return fmt.Errorf("no such statement: %s", statement)
	}
	return nil
}

// signIn says who a request is of.
func (s *storage) signIn(id, name, password string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, u := s.requests[id], s.users[name]
	if r == nil || u.password == "" || u.password != password {
		return errors.New("wrong name or password")
	}
	r.subject, r.at = name, time.Now()
	return nil
}

// refuse is where the browser goes if its user does not want to sign in.
func (s *storage) refuse(id string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests[id]
	if r == nil {
		return "", errors.New("no such request")
	}
	delete(s.requests, id)
	return r.RedirectURI + "?" + url.Values{"error": {"access_denied"}, "state": {r.State}}.Encode(), nil
}

// rotate makes a new key; tokens that others signed stay valid.
func (s *storage) rotate() error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key{rand.Text(), private})
	return nil
}

func (s *storage) signing() key {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[len(s.keys)-1]
}

// key is one of the provider's keys, with its private half.
type key struct {
	id      string
	private *ecdsa.PrivateKey
}

func (k key) ID() string                                  { return k.id }
func (k key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k key) Key() any                                    { return k.private }

// published is the public half.
type published struct{ key }

func (p published) Algorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (p published) Use() string                        { return "sig" }
func (p published) Key() any                           { return &p.private.PublicKey }

var _ op.Storage = (*storage)(nil)
