package identity

import (
	"context"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AddMember puts a user into a group, for good: the OpenID provider does not take that
// away. Who is in it stays there. For administrators.
func (s *Service) AddMember(ctx context.Context, actor api.Actor, group, user string) error {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return err
	}
	return s.administering(ctx, func(ctx context.Context, tx bun.Tx, account Account) error {
		row, err := findUser(ctx, tx, account, user)
		if err != nil {
			return err
		}
		return addMember(ctx, tx, actor, account, row, group)
	})
}

func addMember(ctx context.Context, tx bun.IDB, actor api.Actor, account Account, user *userRow, group string) error {
	row, err := findGroup(ctx, tx, account, group)
	if err != nil {
		return err
	}
	member := memberRow{GroupID: group, UserID: user.ID}
	result, err := tx.NewInsert().Model(&member).On("CONFLICT (group_id, user_id) DO UPDATE").
		Set("claimed = FALSE").Where("m.claimed").Exec(ctx)
	return recordMember(ctx, tx, actor, "add_member", row, user, result, err)
}

// RemoveMember takes a user out of a group. Conflict if nobody would be an
// administrator any more. For administrators.
func (s *Service) RemoveMember(ctx context.Context, actor api.Actor, group, user string) error {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return err
	}
	return s.administering(ctx, func(ctx context.Context, tx bun.Tx, account Account) error {
		member, err := findUser(ctx, tx, account, user)
		if err != nil {
			return err
		}
		row, err := findGroup(ctx, tx, account, group)
		if err != nil {
			return err
		}
		result, err := tx.NewDelete().Model(&memberRow{GroupID: group, UserID: user}).WherePK().Exec(ctx)
		return recordMember(ctx, tx, actor, "remove_member", row, member, result, err)
	})
}

// recordMember records a change of who is in a group, if there was one.
func recordMember(ctx context.Context, tx bun.IDB, actor api.Actor, action string, group *groupRow, user *userRow, result affected, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return record(ctx, tx, actor, store.Event{
		Action: action, Kind: kindGroup, ID: group.ID, Name: group.Name, After: map[string]string{"user_id": user.ID, "user": user.Name},
	})
}

// affected is how many rows a statement changed.
type affected interface{ RowsAffected() (int64, error) }
