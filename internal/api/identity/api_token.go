package identity

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// APITokens returns the tokens that the actor made for programs, newest first, also
// those that expired less than a day ago.
func (s *Service) APITokens(ctx context.Context, actor api.Actor) ([]APIToken, error) {
	var rows []struct {
		tokenRow
		ProjectName string
	}
	err := s.db.Read.NewSelect().TableExpr("tokens AS t").
		ColumnExpr("t.id, t.name, t.issued_at, t.expires_at, t.seen_at, t.project_id, COALESCE(p.name, '') AS project_name").
		Join("LEFT JOIN projects AS p ON p.id = t.project_id").
		Where("t.user_id = ? AND t.name <> ''", actor.UserID).OrderExpr("t.issued_at DESC, t.id").Scan(ctx, &rows)
	found := make([]APIToken, len(rows))
	for i, r := range rows {
		found[i] = APIToken{ID: r.ID, Name: r.Name, Created: store.Time(r.IssuedAt), Expires: store.Time(r.ExpiresAt), Seen: store.Time(r.SeenAt)}
		if r.ProjectID != "" {
			found[i].Project = &Project{ID: r.ProjectID, Name: r.ProjectName}
		}
	}
	return found, err
}

// CreateAPIToken makes a token for a program of the actor's: for one project that he
// has a role in, or for all of them if projectID is empty. life is up to MaxTokenLife.
// This is where the caller learns the token. What is wrong is said at "name",
// "project" and "life"; Limit at "name" if there are MaxAPITokens.
func (s *Service) CreateAPIToken(ctx context.Context, actor api.Actor, name, projectID string, life time.Duration) (string, APIToken, error) {
	problems := judgeText("name", name, maxLabel)
	if name == "" {
		problems = []api.Problem{{Path: "name", Message: api.M("identity.token_name_required")}}
	}
	if life <= 0 || life > MaxTokenLife {
		problems = append(problems, api.Problem{Path: "life", Message: api.M("identity.token_life", "days", int(MaxTokenLife.Hours()/24))})
	}
	var project *Project
	if projectID != "" {
		found, err := s.Project(ctx, User{ID: actor.UserID}, projectID)
		switch api.CodeOf(err) {
		case "":
			project = &found
		case api.NotFound:
			problems = append(problems, api.Problem{Path: "project", Message: api.M("identity.project_not_found", "project", clip(projectID, maxLabel))})
		default:
			return "", APIToken{}, err
		}
	}
	if err := api.Refuse(problems); err != nil {
		return "", APIToken{}, err
	}
	return s.insertAPIToken(ctx, actor, name, project, life)
}

func (s *Service) insertAPIToken(ctx context.Context, actor api.Actor, name string, project *Project, life time.Duration) (string, APIToken, error) {
	text, now := newToken(), s.now()
	made := APIToken{ID: newID(), Name: name, Project: project, Created: now, Expires: now.Add(life)}
	row := tokenRow{
		Hash: digest(text), UserID: actor.UserID, ID: made.ID, Name: name,
		IssuedAt: store.Micros(made.Created), ExpiresAt: store.Micros(made.Expires),
	}
	if project != nil {
		row.ProjectID = project.ID
	}
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		user, err := holdUser(ctx, tx, actor.UserID)
		if err != nil {
			return err
		}
		there := tx.NewSelect().Model((*tokenRow)(nil)).Where("user_id = ? AND name <> '' AND expires_at > ?", actor.UserID, row.IssuedAt)
		if err := refuseFull(ctx, there, MaxAPITokens, "identity.api_tokens_full"); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, api.Scope{Project: row.ProjectID, Actor: actor}, store.Event{
			Action: "create", Kind: kindToken, ID: made.ID, Name: name,
			After: map[string]string{"name": name, "user": user.Name, "project": row.ProjectID, "expires": made.Expires.Format(time.RFC3339)},
		})
	})
	if err != nil {
		return "", APIToken{}, err
	}
	return text, made, nil
}

// RevokeAPIToken ends a token that somebody made for a program, at once, or answers
// NotFound. For its user, and for administrators.
func (s *Service) RevokeAPIToken(ctx context.Context, actor api.Actor, id string) error {
	unknown := api.Errorf(api.NotFound, "identity.api_token_not_found")
	if !hexID.MatchString(id) {
		return unknown
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(tokenRow)
		taken, err := takeOwn(ctx, tx, actor, tx.NewSelect().Model(row).Where("id = ? AND name <> ''", id), row, &row.UserID, unknown)
		if err != nil || !taken {
			return err
		}
		return store.Record(ctx, tx, api.Scope{Project: row.ProjectID, Actor: actor}, store.Event{
			Action: "revoke", Kind: kindToken, ID: id, Name: row.Name,
		})
	})
}
