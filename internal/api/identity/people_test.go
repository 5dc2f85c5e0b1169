package identity_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
)

// self is somebody at a page, outside of projects.
func self(u identity.User) api.Actor {
	a := api.Actor{UserID: u.ID, User: u.Name, Way: api.WayPage}
	if u.Administrator {
		a.Role = api.RoleAdministrator
	}
	return a
}

func TestPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		root := b.user(t, "root")
		var made []string
		for i := range 5 {
			ann := identity.NewPerson{Name: fmt.Sprint("ann-", i), FullName: "Ann Nr. " + fmt.Sprint(i), Email: fmt.Sprintf("A%d@example.com", i)}
			_, _, err := b.Invite(t.Context(), cli, ann)
			require.NoError(t, err)
			made = append(made, ann.Name)
		}
		names := func(page api.Page[identity.Person]) (all []string) {
			for _, p := range page.Items {
				all = append(all, p.Name)
			}
			return all
		}
		list := func(q identity.PeopleQuery) api.Page[identity.Person] {
			page, err := b.People(t.Context(), cli, q)
			require.NoError(t, err)
			return page
		}
		first := list(identity.PeopleQuery{Limit: 2})
		require.Equal(t, made[:2], names(first))
		require.Empty(t, first.Prev)
		second := list(identity.PeopleQuery{Limit: 2, Cursor: first.Next})
		require.Equal(t, made[2:4], names(second))
		last := list(identity.PeopleQuery{Limit: 2, Cursor: second.Next})
		require.Equal(t, []string{"ann-4", "root"}, names(last))
		require.Empty(t, last.Next)
		require.Equal(t, made[2:4], names(list(identity.PeopleQuery{Limit: 2, Cursor: last.Prev})))
		back := list(identity.PeopleQuery{Limit: 2, Cursor: second.Prev})
		require.Equal(t, made[:2], names(back))
		require.Empty(t, back.Prev)

		require.Equal(t, []string{"ann-3"}, names(list(identity.PeopleQuery{Search: "a3@EXAMPLE"})))
		require.Equal(t, []string{"ann-2"}, names(list(identity.PeopleQuery{Search: "nr. 2"})))
		require.Empty(t, names(list(identity.PeopleQuery{Search: "%"})))
		require.Empty(t, names(list(identity.PeopleQuery{Search: "\x00"})))
		team := b.group(t, identity.Group{Name: "Team"}, root)
		members := list(identity.PeopleQuery{Group: team.ID})
		require.Equal(t, []string{"root"}, names(members))
		require.Equal(t, 1, members.Items[0].Groups[0].Members)

		_, err := b.People(t.Context(), api.Actor{UserID: root.ID, Role: api.RoleAdmin}, identity.PeopleQuery{})
		requireError(t, err, api.Forbidden, "access.administrator")
	})
}

func TestInvite(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.user(t, "root")
		team := b.group(t, identity.Group{Name: "Team"})
		ann, token, err := b.Invite(t.Context(), cli, identity.NewPerson{
			Name: "ann", FullName: "Ann Lee", Email: "ann@example.com",
			Groups: []string{team.ID}, Roles: map[string]api.Role{b.project.ID: api.RoleEditor},
		})
		require.NoError(t, err)
		require.True(t, ann.Invited)
		require.Equal(t, "Team", ann.Groups[0].Name)
		require.Equal(t, api.RoleEditor, ann.Roles[0].Role)
		require.Equal(t, region, ann.Roles[0].Project.Name)
		require.GreaterOrEqual(t, len(token), 43, "32 random bytes")
		for _, guess := range []string{"", password} {
			requireError(t, b.try(t, "ann", guess, ""), api.Unauthorised, "identity.wrong_password")
		}

		link, err := b.PasswordLink(t.Context(), token)
		require.NoError(t, err)
		require.True(t, link.Invite)
		require.Equal(t, "ann", link.User.Name)
		_, err = b.UsePasswordLink(t.Context(), token, api.NewSecret("short"), browser)
		require.Equal(t, []string{"password"}, paths(t, err))
		_, err = b.UsePasswordLink(t.Context(), token, api.NewSecret(password), browser)
		require.NoError(t, err)
		b.signIn(t, "ann")
		require.Equal(t, []string{"sign_in", "set_password"}, b.actions(t, "", "user", ann.ID)[:2])
		_, err = b.UsePasswordLink(t.Context(), token, api.NewSecret(password+"!"), browser)
		requireError(t, err, api.NotFound, "identity.link_closed")

		t.Run("for seven days", func(t *testing.T) {
			_, token, err := b.Invite(t.Context(), cli, identity.NewPerson{Name: "bob"})
			require.NoError(t, err)
			b.clock.pass(7*24*time.Hour - time.Second)
			_, err = b.PasswordLink(t.Context(), token)
			require.NoError(t, err)
			b.clock.pass(time.Second)
			_, err = b.PasswordLink(t.Context(), token)
			requireError(t, err, api.NotFound, "identity.link_closed")
		})
		t.Run("of several who use it at once one wins", func(t *testing.T) {
			_, token, err := b.Invite(t.Context(), cli, identity.NewPerson{Name: "cat"})
			require.NoError(t, err)
			errs := make([]error, 4)
			var group sync.WaitGroup
			for i := range errs {
				group.Go(func() { _, errs[i] = b.UsePasswordLink(t.Context(), token, api.NewSecret(password), browser) })
			}
			group.Wait()
			require.Equal(t, 1, none(errs))
		})
		t.Run("everything wrong is said at once", func(t *testing.T) {
			_, _, err := b.Invite(t.Context(), cli, identity.NewPerson{Name: "<b>", FullName: "two\nlines", Email: "nobody"})
			require.Equal(t, []string{"name", "fullname", "email"}, paths(t, err))
		})
		t.Run("a group that is not there leaves nobody behind", func(t *testing.T) {
			_, _, err := b.Invite(t.Context(), cli, identity.NewPerson{Name: "dan", Groups: []string{ann.ID}})
			requireError(t, err, api.NotFound, "identity.group_not_found")
			_, err = b.UserByName(t.Context(), "dan")
			requireError(t, err, api.NotFound, "")
		})
		t.Run("for administrators only", func(t *testing.T) {
			_, _, err := b.Invite(t.Context(), self(ann.User), identity.NewPerson{Name: "eve", Administrator: true})
			requireError(t, err, api.Forbidden, "access.administrator")
		})
	})
}

// none counts those that are no error.
func none(errs []error) (n int) {
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		root, ann := b.user(t, "root"), b.add(t, identity.NewPerson{Name: "ann"})
		session := b.signIn(t, "ann")
		token, err := b.ResetPassword(t.Context(), self(root), ann.ID)
		require.NoError(t, err)
		requireEnded(t, b, session)
		requireError(t, b.try(t, "ann", password, ""), api.Unauthorised, "identity.wrong_password")

		newer, err := b.ResetPassword(t.Context(), self(root), ann.ID)
		require.NoError(t, err)
		_, err = b.PasswordLink(t.Context(), token)
		requireError(t, err, api.NotFound, "identity.link_closed")
		b.clock.pass(24*time.Hour - time.Second)
		_, err = b.UsePasswordLink(t.Context(), newer, api.NewSecret(password+"!"), browser)
		require.NoError(t, err)
		require.NoError(t, b.try(t, "ann", password+"!", ""))

		_, err = b.ResetPassword(t.Context(), self(root), root.ID)
		requireError(t, err, api.Conflict, "identity.reset_self")
		_, err = b.ResetPassword(t.Context(), self(ann), root.ID)
		requireError(t, err, api.Forbidden, "access.administrator")
	})
}

func TestDisablingEndsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		root, ann := b.user(t, "root"), b.add(t, identity.NewPerson{Name: "ann", Roles: map[string]api.Role{b.project.ID: api.RoleAdmin}})
		session := b.signIn(t, "ann")
		signIn, _, err := b.IssueToken(t.Context(), self(ann), ann, &b.project)
		require.NoError(t, err)
		program, _, err := b.CreateAPIToken(t.Context(), self(ann), "ci", "", time.Hour)
		require.NoError(t, err)
		key, err := b.CreateKey(t.Context(), self(ann), ann, nil, "laptop")
		require.NoError(t, err)

		require.NoError(t, b.DisablePerson(t.Context(), self(root), ann.ID))
		ended := func(t *testing.T) {
			t.Helper()
			requireEnded(t, b, session)
			for _, token := range []string{signIn, program} {
				_, err := b.Token(t.Context(), token)
				requireError(t, err, api.Unauthorised, "")
			}
			_, err := b.Key(t.Context(), key.Access)
			requireError(t, err, api.Unauthorised, "")
		}
		ended(t)
		require.Equal(t, api.RoleNone, b.role(t, ann))
		requireError(t, b.try(t, "ann", password, ""), api.Unauthorised, "identity.wrong_password")
		_, err = b.CreateKey(t.Context(), self(ann), ann, nil, "")
		requireError(t, err, api.Unauthorised, "identity.user_disabled")

		require.NoError(t, b.EnablePerson(t.Context(), self(root), ann.ID))
		ended(t)
		b.signIn(t, "ann")
		require.Equal(t, api.RoleAdmin, b.role(t, ann))
		require.Equal(t, []string{"sign_in", "enable"}, b.actions(t, "", "user", ann.ID)[:2])
	})
}

func TestThereIsAlwaysAnAdministrator(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann := b.user(t, "ann")
		_, _, err := b.Invite(t.Context(), cli, identity.NewPerson{Name: "invited", Administrator: true})
		require.NoError(t, err, "who cannot sign in does not count")
		last := func(t *testing.T, err error) {
			t.Helper()
			requireError(t, err, api.Conflict, "identity.last_administrator")
		}
		last(t, b.SetAdministrator(t.Context(), cli, ann.ID, false))
		last(t, b.DisablePerson(t.Context(), cli, ann.ID))
		requireError(t, b.DisablePerson(t.Context(), self(ann), ann.ID), api.Conflict, "identity.disable_self")

		bob := b.add(t, identity.NewPerson{Name: "bob"})
		admins := b.group(t, identity.Group{Name: "Admins", Administrator: true}, bob)
		person, err := b.Person(t.Context(), cli, bob.ID)
		require.NoError(t, err)
		require.True(t, person.Administrator)
		require.False(t, person.Appointed)
		require.Equal(t, api.RoleAdministrator, b.role(t, bob))
		require.NoError(t, b.SetAdministrator(t.Context(), cli, ann.ID, false))
		last(t, b.RemoveMember(t.Context(), cli, admins.ID, bob.ID))
		last(t, b.DeleteGroup(t.Context(), cli, admins.ID))
		_, err = b.UpdateGroup(t.Context(), cli, identity.Group{ID: admins.ID, Name: "Admins"})
		last(t, err)
		last(t, b.DisablePerson(t.Context(), cli, bob.ID))
		require.Equal(t, api.RoleAdministrator, b.role(t, bob), "and nothing was changed")
	})
}

func TestTwoAdministratorsWhoDisableEachOther(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ann, bob := b.user(t, "ann"), b.user(t, "bob")
		for range 5 {
			errs := make([]error, 2)
			var group sync.WaitGroup
			group.Go(func() { errs[0] = b.DisablePerson(t.Context(), self(ann), bob.ID) })
			group.Go(func() { errs[1] = b.SetAdministrator(t.Context(), self(bob), ann.ID, false) })
			group.Wait()
			require.Equal(t, 1, none(errs), "%v", errs)
			require.NoError(t, b.EnablePerson(t.Context(), cli, bob.ID))
			require.NoError(t, b.SetAdministrator(t.Context(), cli, ann.ID, true))
		}
	})
}

func TestGroups(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.user(t, "root")
		ann := b.add(t, identity.NewPerson{Name: "ann"})
		made := b.group(t, identity.Group{Name: "Team", Description: "d", Claim: "c"}, ann, ann)
		found, members, err := b.Group(t.Context(), cli, made.ID)
		require.NoError(t, err)
		require.Equal(t, identity.Group{ID: made.ID, Name: "Team", Description: "d", Claim: "c", Members: 1}, found)
		require.Equal(t, []identity.User{ann}, members)
		all, err := b.Groups(t.Context(), cli)
		require.NoError(t, err)
		require.Equal(t, []identity.Group{found}, all)

		_, err = b.CreateGroup(t.Context(), cli, identity.Group{Name: "Team"})
		requireError(t, err, api.Conflict, "identity.group_taken")
		_, err = b.CreateGroup(t.Context(), cli, identity.Group{Name: " "})
		require.Equal(t, []string{"name"}, paths(t, err))
		b.grant(t, identity.Holder{Group: made.ID}, api.RoleEditor)
		require.NoError(t, b.DeleteGroup(t.Context(), cli, made.ID))
		require.Equal(t, api.RoleNone, b.role(t, ann))
		require.Zero(t, b.count(t, "project_roles"))
		require.Equal(t, []string{"delete", "add_member", "create"}, b.actions(t, "", "group", made.ID))

		for _, call := range []func(api.Actor) error{
			func(a api.Actor) error { _, err := b.Groups(t.Context(), a); return err },
			func(a api.Actor) error { _, _, err := b.Group(t.Context(), a, made.ID); return err },
			func(a api.Actor) error {
				_, err := b.CreateGroup(t.Context(), a, identity.Group{Name: "x"})
				return err
			},
			func(a api.Actor) error { _, err := b.UpdateGroup(t.Context(), a, made); return err },
			func(a api.Actor) error { return b.DeleteGroup(t.Context(), a, made.ID) },
			func(a api.Actor) error { return b.AddMember(t.Context(), a, made.ID, ann.ID) },
			func(a api.Actor) error { return b.RemoveMember(t.Context(), a, made.ID, ann.ID) },
			func(a api.Actor) error { return b.SetAdministrator(t.Context(), a, ann.ID, true) },
			func(a api.Actor) error { return b.ArchiveProject(t.Context(), a, b.project.ID) },
			func(a api.Actor) error { return b.ResetFactor(t.Context(), a, ann.ID) },
		} {
			requireError(t, call(api.Actor{UserID: ann.ID, Role: api.RoleAdmin}), api.Forbidden, "access.administrator")
			requireError(t, call(api.Actor{}), api.Forbidden, "access.administrator")
		}
	})
}
