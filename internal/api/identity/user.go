package identity

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID              string `bun:"id,pk"`
	AccountID       string
	Name            string
	PasswordHash    string
	Disabled        bool
	Lang, Theme     string
	CreatedAt       int64
	Administrator   bool
	Issuer, Subject string
	FullName, Email string
	SeenAt          int64
	DisabledAt      int64
	Factor          string
	FactorPending   string
	FactorStep      int64
	Recovery        string

	// Only from selectPeople:
	Effective   bool   `bun:",scanonly"` // an administrator, by himself or through a group
	AccountName string `bun:",scanonly"`
}

// person is a user joined with the account, as every query that leads to a
// user selects it.
type person struct {
	UserID, UserName, Lang, Theme string
	Disabled, Administrator       bool
	AccountID, AccountName        string
}

// withPerson joins the user whose id is in a column, and the account.
func withPerson(q *bun.SelectQuery, column string) *bun.SelectQuery {
	return withAccount(q.Join("JOIN users AS u ON u.id = ?", bun.Ident(column)))
}

// withAccount joins the account to the user u and selects both.
func withAccount(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Join("JOIN accounts AS a ON a.id = u.account_id").
		ColumnExpr("u.id AS user_id, u.name AS user_name, u.lang, u.theme, u.disabled").ColumnExpr(administrates + " AS administrator").
		ColumnExpr("a.id AS account_id, a.name AS account_name")
}

func (p person) user() User {
	return User{
		ID: p.UserID, Account: Account{p.AccountID, p.AccountName}, Name: p.UserName,
		Lang: p.Lang, Theme: p.Theme, Administrator: p.Administrator,
	}
}

// UserByName returns the user of that name in the account, or NotFound.
func (s *Service) UserByName(ctx context.Context, name string) (User, error) {
	row, err := s.claimed(ctx, Credentials{Name: name})
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, api.Errorf(api.NotFound, "identity.user_not_found", "name", clip(name, 64))
	}
	return row.user(), err
}

// CreateUser adds somebody with a password. What is wrong is said at the paths of
// NewPerson, in small letters, and "password"; a taken name is a Conflict at "name".
// For administrators.
func (s *Service) CreateUser(ctx context.Context, actor api.Actor, n NewPerson, password api.Secret) (User, error) {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return User{}, err
	}
	hash, err := s.newPassword(ctx, n, password)
	if err != nil {
		return User{}, err
	}
	var user User
	err = s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		user, err = s.addPerson(ctx, tx, actor, n, hash)
		return err
	})
	return user, nameTaken(err, n.Name)
}

// nameTaken is what a duplicate means of somebody who is added.
func nameTaken(err error, name string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return taken("name", "identity.name_taken", name)
	}
	return err
}

// addPerson inserts a user with groups and roles.
func (s *Service) addPerson(ctx context.Context, tx bun.IDB, actor api.Actor, n NewPerson, hash string) (User, error) {
	account, err := FindAccount(ctx, tx)
	if err != nil {
		return User{}, err
	}
	user, err := s.insertUser(ctx, tx, actor, account, n, hash)
	if err != nil {
		return User{}, err
	}
	row := &userRow{ID: user.ID, Name: user.Name}
	for _, group := range n.Groups {
		if err := addMember(ctx, tx, actor, account, row, group); err != nil {
			return User{}, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(n.Roles)) {
		project, err := lockProject(ctx, tx, id)
		if err != nil {
			return User{}, err
		}
		if err := s.setRole(ctx, tx, actor, project, Holder{User: user.ID}, n.Roles[id]); err != nil {
			return User{}, err
		}
	}
	return user, nil
}

// newPassword judges a new user and returns the hash of the password.
func (s *Service) newPassword(ctx context.Context, n NewPerson, password api.Secret) (string, error) {
	problems := judgePerson(n)
	if m := judgePassword(n.Name, password.Reveal()); !m.IsZero() {
		problems = append(problems, api.Problem{Path: "password", Message: m})
	}
	if err := api.Refuse(problems); err != nil {
		return "", err
	}
	return s.hash(ctx, password)
}

// hash returns the hash of a password, when there is room to compute it.
func (s *Service) hash(ctx context.Context, password api.Secret) (string, error) {
	release, err := s.hashing.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return hashPassword(password.Reveal()), nil
}

// insertUser inserts and records a user; an actor who is nobody yet is the
// user, who came in by a set-up link.
func (s *Service) insertUser(ctx context.Context, tx bun.IDB, actor api.Actor, account Account, n NewPerson, hash string) (User, error) {
	row := userRow{
		ID: newID(), AccountID: account.ID, Name: n.Name, PasswordHash: hash, CreatedAt: store.Micros(s.now()),
		Administrator: n.Administrator, FullName: n.FullName, Email: n.Email,
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return User{}, err
	}
	user := User{ID: row.ID, Account: account, Name: n.Name, Administrator: n.Administrator}
	if actor.User == "" {
		actor = by(user, actor)
	}
	return user, record(ctx, tx, actor, store.Event{
		Action: "create", Kind: kindUser, ID: user.ID, Name: n.Name,
		After: personJSON{ID: user.ID, Name: n.Name, FullName: n.FullName, Email: n.Email, Administrator: n.Administrator},
	})
}

// personJSON is a user as the audit log has one.
type personJSON struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	FullName      string `json:"full_name"`
	Email         string `json:"email"`
	Administrator bool   `json:"administrator"`
}

// SetPreferences keeps what the actor chose in the console: a language ("en",
// "zh" or "") and a theme ("auto", "light",
// "dark" or "").
func (s *Service) SetPreferences(ctx context.Context, actor api.Actor, lang, theme string) error {
	if !slices.Contains([]string{"", "en", "zh"}, lang) || !slices.Contains([]string{"", "auto", "light", "dark"}, theme) {
		return api.Errorf(api.Invalid, "identity.preference_rule")
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(userRow)
		err := tx.NewSelect().Model(row).Where("id = ?", actor.UserID).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return api.Errorf(api.NotFound, "identity.user_not_found", "name", actor.User)
		}
		if err != nil || row.Lang == lang && row.Theme == theme {
			return err
		}
		before := map[string]string{"lang": row.Lang, "theme": row.Theme}
		row.Lang, row.Theme = lang, theme
		if _, err := tx.NewUpdate().Model(row).Column("lang", "theme").WherePK().Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{
			Action: "update", Kind: kindUser, ID: row.ID, Name: row.Name,
			Before: before, After: map[string]string{"lang": lang, "theme": theme},
		})
	})
}

// by returns the actor that a user is, coming from where somebody came from.
func by(user User, from api.Actor) api.Actor {
	from.UserID, from.User = user.ID, user.Name
	return from
}
