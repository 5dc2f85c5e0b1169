package identity

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// What a user u may do: texts of SQL for every query that asks. They are the one
// place that knows.
const (
	// administrates: by himself, or through a group.
	administrates = `(u.administrator OR EXISTS (SELECT 1 FROM group_members AS gm
		JOIN user_groups AS ug ON ug.id = gm.group_id WHERE gm.user_id = u.id AND ug.administrator))`
	// roleInProject is an api.Role, in the project p: the highest of his own, his
	// groups' and that of administrators (5).
	roleInProject = `CASE WHEN ` + administrates + ` THEN 5 ELSE COALESCE((SELECT MAX(held.role) FROM (
		SELECT own.role FROM project_roles AS own WHERE own.user_id = u.id AND own.user_id <> '' AND own.project_id = p.id
		UNION ALL SELECT r.role FROM group_members AS m JOIN project_roles AS r
			ON r.group_id = m.group_id AND r.group_id <> '' AND r.project_id = p.id
		WHERE m.user_id = u.id) AS held), 0) END`
	// projectsOfUser are the projects of his account, with his role in them.
	projectsOfUser = `SELECT p.id, p.name, p.region, p.description, p.archived_at, p.account_id, a.name AS account_name,
		` + roleInProject + ` AS role
		FROM users AS u JOIN accounts AS a ON a.id = u.account_id JOIN projects AS p ON p.account_id = u.account_id
		WHERE u.id = ? AND NOT u.disabled`
)

// questions are what every request asks; each is read once.
type questions struct {
	session       *store.Statement // by the hash of its token
	token         *store.Statement // by its hash
	projects      *store.Statement // by user: all, because the database would find out each role twice to leave some out
	projectByID   *store.Statement // by user and id
	projectByName *store.Statement // by user and name
}

func newQuestions(db *store.DB) questions {
	return questions{
		session: sessionQuery(db), token: tokenQuery(db),
		projects:      db.Statement(projectsOfUser + " AND p.archived_at = 0 ORDER BY p.name"),
		projectByID:   db.Statement(projectsOfUser + " AND p.id = ?"),
		projectByName: db.Statement(projectsOfUser + " AND p.name = ?"),
	}
}

// RoleIn returns what a user may do in a project now, also in one that is archived:
// api.RoleNone for who is disabled or unknown.
func (s *Service) RoleIn(ctx context.Context, userID, projectID string) (api.Role, error) {
	if !hexID.MatchString(userID) || !hexID.MatchString(projectID) {
		return api.RoleNone, nil
	}
	var rows []projectRow
	if err := s.ask.projectByID.Scan(ctx, &rows, userID, projectID); err != nil || len(rows) == 0 {
		return api.RoleNone, err
	}
	return rows[0].Role, nil
}

// Limited is the project as a credential sees it that works in no other: nobody is
// an administrator of the console by it.
func (p Project) Limited() Project {
	p.Role = min(p.Role, api.RoleAdmin)
	return p
}
