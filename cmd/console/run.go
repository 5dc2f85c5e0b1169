package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// exitFailed is the exit status of whatever went wrong: one line on standard
// error says what.
const exitFailed = 2

// program is what a command works with instead of the process around it.
type program struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// command is one thing the program can do.
type command struct {
	words []string
	run   func(p *program, ctx context.Context, args []string) error
}

// commands lists what there is, in the order of the help text.
func commands() []command {
	return []command{
		{[]string{"serve"}, (*program).serve},
		{[]string{"user", "add"}, (*program).addUser},
		{[]string{"user", "invite"}, (*program).inviteUser},
		{[]string{"user", "list"}, (*program).listUsers},
		{[]string{"user", "disable"}, (*program).disableUser},
		{[]string{"user", "enable"}, (*program).enableUser},
		{[]string{"user", "reset"}, (*program).resetUser},
		{[]string{"group", "add"}, (*program).addGroup},
		{[]string{"group", "list"}, (*program).listGroups},
		{[]string{"group", "delete"}, (*program).deleteGroup},
		{[]string{"group", "member"}, (*program).changeMember},
		{[]string{"project", "add"}, (*program).addProject},
		{[]string{"project", "list"}, (*program).listProjects},
		{[]string{"project", "move"}, (*program).moveProject},
		{[]string{"project", "archive"}, (*program).archiveProject},
		{[]string{"project", "restore"}, (*program).restoreProject},
		{[]string{"project", "role"}, (*program).changeRole},
		{[]string{"key", "create"}, (*program).createKey},
		{[]string{"key", "list"}, (*program).listKeys},
		{[]string{"key", "delete"}, (*program).deleteKey},
		{[]string{"token", "create"}, (*program).createToken},
		{[]string{"token", "list"}, (*program).listTokens},
		{[]string{"token", "revoke"}, (*program).revokeToken},
		{[]string{"audit", "verify"}, (*program).verifyAudit},
		{[]string{"audit", "export"}, (*program).exportAudit},
		{[]string{"secrets", "rotate"}, (*program).rotateSecrets},
		{[]string{"backup"}, (*program).backUp},
		{[]string{"restore"}, (*program).restore},
		{[]string{"version"}, (*program).version},
		{[]string{"help"}, (*program).help},
	}
}

// run is the program without the process: it returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{getenv, stdin, stdout, stderr}
	err := p.dispatch(ctx, args)
	if errors.Is(err, flag.ErrHelp) {
		err = p.help(ctx, nil)
	}
	if err != nil {
		fmt.Fprintln(stderr, "console: "+line(err))
		return exitFailed
	}
	return 0
}

func (p *program) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("say what to do, for example: console serve (console help lists all commands)")
	}
	if slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
		return flag.ErrHelp
	}
	for _, c := range commands() {
		if n := len(c.words); len(args) >= n && slices.Equal(args[:n], c.words) {
			return c.run(p, ctx, args[n:])
		}
	}
	return fmt.Errorf("there is no command %q (console help lists all commands)", strings.Join(args[:min(2, len(args))], " "))
}

// line says what went wrong in one line of English.
func line(err error) string {
	text := err.Error()
	if e, ok := errors.AsType[*api.Error](err); ok {
		text = strings.ReplaceAll(text, e.Error(), sentence(e))
	}
	return strings.Join(strings.Fields(text), " ")
}

func sentence(e *api.Error) string {
	if len(e.Problems) == 0 {
		return locale.In(locale.English, e.Message)
	}
	var all []string
	for _, p := range e.Problems {
		all = append(all, p.Path+": "+locale.In(locale.English, p.Message))
	}
	return strings.Join(all, " ")
}
