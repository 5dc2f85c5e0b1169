package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// tokenJSON is an API token as --json prints one; Token only of a new one.
type tokenJSON struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Token   string `json:"token,omitempty"`
	Project string `json:"project,omitempty"` // name
	Expires string `json:"expires"`
}

func encodeToken(t identity.APIToken, text string) tokenJSON {
	encoded := tokenJSON{ID: t.ID, Name: t.Name, Token: text, Expires: t.Expires.UTC().Format(time.RFC3339)}
	if t.Project != nil {
		encoded.Project = t.Project.Name
	}
	return encoded
}

var errWhose = errors.New("say whose it is: --user NAME")

func (p *program) createToken(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	userName, projectName := flags.String("user", "", ""), flags.String("project", "", "")
	days, asJSON := flags.Int("days", 90, ""), flags.Bool("json", false, "")
	names, err := p.parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	if *userName == "" {
		return errWhose
	}
	return p.withUser(ctx, w, *userName, func(all *parts, user identity.User) error {
		var only identity.Project
		if *projectName != "" {
			if only, err = all.Identity.ProjectByName(ctx, user, *projectName); err != nil {
				return err
			}
		}
		text, made, err := all.Identity.CreateAPIToken(ctx, p.as(user), names[0], only.ID, time.Duration(*days)*24*time.Hour)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(p.stdout).Encode(encodeToken(made, text))
		}
		_, err = fmt.Fprintf(p.stdout, "token    %s\nid       %s\nexpires  %s\n", text, made.ID, encodeToken(made, "").Expires)
		return err
	})
}

func (p *program) listTokens(ctx context.Context, args []string) error {
	return listOf(ctx, p, args, func(all *parts, user identity.User) (encoded []tokenJSON, err error) {
		tokens, err := all.Identity.APITokens(ctx, p.as(user))
		for _, t := range tokens {
			encoded = append(encoded, encodeToken(t, ""))
		}
		return encoded, err
	}, func(t tokenJSON) string { return fmt.Sprintf("%s  %s  %s", t.ID, t.Expires, t.Name) })
}

func (p *program) revokeToken(ctx context.Context, args []string) error {
	return p.end(ctx, args, "ID", (*identity.Service).RevokeAPIToken, "token %s is revoked\n")
}

func (p *program) deleteKey(ctx context.Context, args []string) error {
	return p.end(ctx, args, "ACCESS-KEY", (*identity.Service).DeleteKey, "access key %s is deleted\n")
}

// end ends a credential by its id.
func (p *program) end(ctx context.Context, args []string, wanted string,
	end func(s *identity.Service, ctx context.Context, actor api.Actor, id string) error, done string,
) error {
	flags := newFlags()
	w := whereFlags(flags)
	ids, err := p.parse(flags, args, wanted)
	if err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	if err := end(all.Identity, ctx, p.actor(), ids[0]); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, done, ids[0])
	return err
}
