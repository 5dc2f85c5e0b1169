package identity

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// tokenLife is how long a token is valid (spec/iam.md §1). One that expired is
// kept as long again, so that its owner is told so.
const tokenLife = 24 * time.Hour

// The keys by which the wire API tells its two answers apart.
const (
	TokenUnknown = "identity.token_unknown"
	TokenExpired = "identity.token_expired" // with the argument "at", RFC 3339
)

type tokenRow struct {
	bun.BaseModel `bun:"table:tokens,alias:t"`

	Hash      string `bun:"hash,pk"`
	UserID    string
	ProjectID string
	IssuedAt  int64
	ExpiresAt int64
	ID, Name  string // of those that were made for programs
	SeenAt    int64
}

// IssueToken makes a token of a user who has proved to be the user. Its scope
// is the project, one that the user may use, or the account if that is nil.
func (s *Service) IssueToken(ctx context.Context, actor api.Actor, user User, project *Project) (string, Token, error) {
	text, now := newToken(), s.now()
	row := tokenRow{
		Hash: digest(text), UserID: user.ID,
		IssuedAt: store.Micros(now), ExpiresAt: store.Micros(now.Add(tokenLife)),
	}
	if project != nil {
		project, row.ProjectID = new(project.Limited()), project.ID
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := holdProved(ctx, tx, user); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*tokenRow)(nil)).Where("expires_at < ?", store.Micros(now.Add(-tokenLife))).Exec(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, api.Scope{Project: row.ProjectID, Actor: actor}, store.Event{
			Action: "create", Kind: kindToken, Name: user.Name,
			After: map[string]string{"user": user.Name, "project": row.ProjectID},
		})
	})
	if err != nil {
		return "", Token{}, err
	}
	user.proof = ""
	return text, Token{User: user, Project: project, Issued: store.Time(row.IssuedAt), Expires: store.Time(row.ExpiresAt)}, nil
}

// tokenHolder is a token with the person and the project that it stands for.
type tokenHolder struct {
	person
	Name                        string
	IssuedAt, ExpiresAt, SeenAt int64
	ProjectID, ProjectName      string
	ProjectRegion               string
	ArchivedAt                  int64
	Role                        api.Role
}

// tokenQuery finds a tokenHolder by the token's hash. Every call of a program
// waits for it.
func tokenQuery(db *store.DB) *store.Statement {
	q := withPerson(db.Read.NewSelect().TableExpr("tokens AS t"), "t.user_id").
		ColumnExpr("t.name, t.issued_at, t.expires_at, t.seen_at, t.project_id").
		ColumnExpr("COALESCE(p.name, '') AS project_name, COALESCE(p.region, '') AS project_region").
		ColumnExpr("COALESCE(p.archived_at, 0) AS archived_at").ColumnExpr(roleInProject + " AS role").
		Join("LEFT JOIN projects AS p ON p.id = t.project_id")
	return db.Statement(q.Where("t.hash = ?", bun.Safe("?")).String())
}

// Token returns what a token says. Unauthorised if it is unknown or revoked
// (TokenUnknown), expired (TokenExpired), or its user is disabled.
func (s *Service) Token(ctx context.Context, text string) (Token, error) {
	var rows []tokenHolder
	if err := s.ask.token.Scan(ctx, &rows, digest(text)); err != nil {
		return Token{}, err
	}
	if len(rows) == 0 {
		return Token{}, api.Errorf(api.Unauthorised, TokenUnknown)
	}
	row := &rows[0]
	expires := store.Time(row.ExpiresAt)
	switch {
	case !s.now().Before(expires):
		return Token{}, api.Errorf(api.Unauthorised, TokenExpired, "at", expires.Format(time.RFC3339))
	case row.Disabled:
		return Token{}, errDisabled(row.person)
	}
	if row.Name == "" {
		return row.token(), nil
	}
	return row.token(), s.seen(ctx, row.SeenAt, &tokenRow{Hash: digest(text), SeenAt: store.Micros(s.now())})
}

func (h *tokenHolder) token() Token {
	token := Token{Name: h.Name, User: h.user(), Issued: store.Time(h.IssuedAt), Expires: store.Time(h.ExpiresAt)}
	if h.ProjectID != "" {
		token.Project = new(Project{
			ID: h.ProjectID, Account: token.User.Account, Name: h.ProjectName, Region: h.ProjectRegion,
			Archived: store.Time(h.ArchivedAt), Role: h.Role,
		}.Limited())
	}
	return token
}

// RevokeToken ends a token at once. NotFound if it is not valid any more.
func (s *Service) RevokeToken(ctx context.Context, actor api.Actor, text string) error {
	token, err := s.Token(ctx, text)
	if api.CodeOf(err) == api.Unauthorised {
		return api.Errorf(api.NotFound, TokenUnknown)
	}
	if err != nil {
		return err
	}
	scope := api.Scope{Actor: actor}
	if token.Project != nil {
		scope.Project = token.Project.ID
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*tokenRow)(nil)).Where("hash = ?", digest(text)).Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, scope, store.Event{Action: "revoke", Kind: kindToken, Name: token.User.Name})
	})
}
