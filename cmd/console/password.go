package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"switchboard/internal/api"
)

// envPassword is the password of a user to be added.
const envPassword = envPrefix + "PASSWORD"

// maxLine bounds a password that comes by standard input, in bytes.
const maxLine = 4096

// password gets a password: from the environment, from a person at a terminal
// who types it twice and does not see it, or from the first line of standard
// input. None is ever made up: it would end in a log.
func (p *program) password(ctx context.Context, prompt string) (api.Secret, error) {
	if text := p.getenv(envPassword); text != "" {
		return api.NewSecret(text), nil
	}
	if f, ok := p.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return p.askTwice(ctx, f, prompt)
	}
	text, err := await(ctx, func() (string, error) {
		return bufio.NewReader(io.LimitReader(p.stdin, maxLine)).ReadString('\n')
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return api.Secret{}, err
	}
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return api.Secret{}, fmt.Errorf("there is no password: set %s, or give it on standard input", envPassword)
	}
	return api.NewSecret(text), nil
}

func (p *program) askTwice(ctx context.Context, terminal *os.File, prompt string) (api.Secret, error) {
	first, err := p.ask(ctx, terminal, prompt+": ")
	if err != nil {
		return api.Secret{}, err
	}
	second, err := p.ask(ctx, terminal, "Once more: ")
	if err != nil {
		return api.Secret{}, err
	}
	if first != second {
		return api.Secret{}, errors.New("the two passwords differ")
	}
	return api.NewSecret(first), nil
}

// ask reads a line without echo. Whoever interrupts it gets the echo back.
func (p *program) ask(ctx context.Context, terminal *os.File, prompt string) (string, error) {
	fd := int(terminal.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(fd, state) }()
	fmt.Fprint(p.stderr, prompt)
	defer fmt.Fprintln(p.stderr)
	typed, err := await(ctx, func() ([]byte, error) { return term.ReadPassword(fd) })
	return string(typed), err
}

// await calls f, which cannot be interrupted, and stops waiting for it when ctx
// ends. The program ends soon after.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	results := make(chan result, 1)
	go func() {
		value, err := f()
		results <- result{value, err}
	}()
	select {
	case r := <-results:
		return r.value, r.err
	case <-ctx.Done():
		return *new(T), errors.New("interrupted")
	}
}
