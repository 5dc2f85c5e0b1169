package identity

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// SignInExternal opens a session for somebody whom an OpenID provider has proved to be
// who he is, and returns its token. Who is new is added, without any role; he is a
// member of exactly those groups whose claim the provider names, and of those that an
// administrator put him into. If the provider says nothing of groups, those that it gave
// stay, which the audit log tells. Unauthorised for who is disabled. agent is the browser's
// User-Agent.
func (s *Service) SignInExternal(ctx context.Context, who External, from api.Actor, agent string) (string, Session, error) {
	if who.Issuer == "" || who.Subject == "" || !store.Storable(who.Issuer, who.Subject) {
		return "", Session{}, api.Errorf(api.Unauthorised, "identity.external_incomplete")
	}
	who.FullName = clip(who.FullName, maxFullName)
	if judgeContact("", who.Email) != nil {
		who.Email = ""
	}
	var userID string
	err := s.administering(ctx, func(ctx context.Context, tx bun.Tx, account Account) error {
		row, err := s.external(ctx, tx, account, who, from)
		if err != nil {
			return err
		}
		userID = row.ID
		return s.claimGroups(ctx, tx, account, row, who.Groups, from)
	})
	if err != nil {
		return "", Session{}, err
	}
	var found person
	err = withAccount(s.db.Read.NewSelect().TableExpr("users AS u")).Where("u.id = ?", userID).Scan(ctx, &found)
	if err != nil {
		return "", Session{}, err
	}
	if found.Disabled {
		return "", Session{}, s.refuseExternal(ctx, found, from)
	}
	return s.openSession(ctx, found.user(), from, agent)
}

func (s *Service) refuseExternal(ctx context.Context, p person, from api.Actor) error {
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		return record(ctx, tx, from, store.Event{Action: "sign_in_failed", Kind: kindUser, ID: p.UserID, Name: p.UserName})
	})
	if err != nil {
		return err
	}
	return errDisabled(p)
}

// external returns the user whom a provider knows by issuer and subject, and keeps what
// it says of him.
func (s *Service) external(ctx context.Context, tx bun.IDB, account Account, who External, from api.Actor) (*userRow, error) {
	row := new(userRow)
	err := tx.NewSelect().Model(row).Where("issuer = ? AND subject = ?", who.Issuer, who.Subject).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return s.addExternal(ctx, tx, account, who, from)
	}
	if err != nil || row.FullName == who.FullName && row.Email == who.Email {
		return row, err
	}
	before := row.json()
	row.FullName, row.Email = who.FullName, who.Email
	if _, err := tx.NewUpdate().Model(row).Column("full_name", "email").WherePK().Exec(ctx); err != nil {
		return nil, err
	}
	return row, record(ctx, tx, by(User{ID: row.ID, Name: row.Name}, from), store.Event{
		Action: "update", Kind: kindUser, ID: row.ID, Name: row.Name, Before: before, After: row.json(),
	})
}

// notInName is what cannot stand in a user's name.
var notInName = regexp.MustCompile(`[^A-Za-z0-9._@-]+`)

// addExternal adds somebody under the name that the provider has for him, or one like
// it if that is taken: nobody becomes a local user by having his name.
func (s *Service) addExternal(ctx context.Context, tx bun.IDB, account Account, who External, from api.Actor) (*userRow, error) {
	base := strings.Trim(notInName.ReplaceAllString(cmp.Or(who.Name, who.Email, who.Subject), "-"), "-")
	base = cmp.Or(base[:min(len(base), maxLabel-4)], "user")
	var names []string
	err := tx.NewSelect().Model((*userRow)(nil)).Column("name").
		Where("account_id = ? AND name LIKE ? ESCAPE '!'", account.ID, strings.TrimPrefix(store.Pattern(base), "%")).Scan(ctx, &names)
	if err != nil {
		return nil, err
	}
	name := base
	for n := 2; slices.Contains(names, name); n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	row := &userRow{
		ID: newID(), AccountID: account.ID, Name: name, CreatedAt: store.Micros(s.now()),
		Issuer: who.Issuer, Subject: who.Subject, FullName: who.FullName, Email: who.Email,
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return nil, err
	}
	return row, record(ctx, tx, by(User{ID: row.ID, Name: name}, from), store.Event{
		Action: "create", Kind: kindUser, ID: row.ID, Name: name, After: row.json(),
	})
}

// claimGroups makes somebody a member of the groups that the provider names, and takes
// those memberships away that it gave before and does not give any more.
func (s *Service) claimGroups(ctx context.Context, tx bun.IDB, account Account, user *userRow, claims []string, from api.Actor) error {
	var all []groupRow
	err := tx.NewSelect().Model(&all).ColumnExpr("?TableColumns").ColumnExpr("COALESCE(m.user_id, '') AS member, COALESCE(m.claimed, FALSE) AS claimed").
		Join("LEFT JOIN group_members AS m ON m.group_id = g.id AND m.user_id = ?", user.ID).
		Where("g.account_id = ?", account.ID).Where("g.claim <> '' OR m.claimed").OrderExpr("g.name").Scan(ctx)
	if err != nil {
		return err
	}
	actor := by(User{ID: user.ID, Name: user.Name}, from)
	if claims == nil {
		return keepGroups(ctx, tx, actor, user, all)
	}
	for i := range all {
		group := &all[i]
		named := group.Claim != "" && slices.Contains(claims, group.Claim)
		switch {
		case named && group.Member == "":
			member := memberRow{GroupID: group.ID, UserID: user.ID, Claimed: true}
			result, err := tx.NewInsert().Model(&member).Exec(ctx)
			if err := recordMember(ctx, tx, actor, "add_member", group, user, result, err); err != nil {
				return err
			}
		case !named && group.Claimed:
			if err := unclaim(ctx, tx, actor, account, group, user); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepGroups leaves memberships as they are, and records which of them the provider gave
// and did not say anything of this time.
func keepGroups(ctx context.Context, tx bun.IDB, actor api.Actor, user *userRow, all []groupRow) error {
	var kept []string
	for i := range all {
		if all[i].Claimed {
			kept = append(kept, all[i].Name)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return record(ctx, tx, actor, store.Event{
		Action: "keep_groups", Kind: kindUser, ID: user.ID, Name: user.Name, After: map[string][]string{"groups": kept},
	})
}

// unclaim takes a membership away that the provider gave; but not from the last
// administrator, whom it would otherwise keep from signing in.
func unclaim(ctx context.Context, tx bun.IDB, actor api.Actor, account Account, group *groupRow, user *userRow) error {
	member := memberRow{GroupID: group.ID, UserID: user.ID, Claimed: true}
	result, err := tx.NewDelete().Model(&member).WherePK().Exec(ctx)
	if err != nil || !group.Administrator {
		return recordMember(ctx, tx, actor, "remove_member", group, user, result, err)
	}
	left, err := hasAdministrator(ctx, tx, account)
	if err == nil && !left {
		_, err = tx.NewInsert().Model(&member).Exec(ctx)
		return err
	}
	return recordMember(ctx, tx, actor, "remove_member", group, user, result, err)
}
