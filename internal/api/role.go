package api

// Role is what somebody may do in a project. Each includes those before it.
type Role int

// The roles. RoleAdministrator is nobody's in a project: it is what the
// administrators of the console are in all of them.
const (
	RoleNone          Role = iota
	RoleViewer             // sees everything but secrets, objects and other people's drafts
	RoleEditor             // changes things, tests and runs them; asks for what has to be approved
	RoleApprover           // approves what others ask for
	RoleAdmin              // says who may do what in the project, and what has to be approved
	RoleAdministrator      // adds people, projects and regions
)

// Roles are those that somebody can have in a project.
var Roles = []Role{RoleViewer, RoleEditor, RoleApprover, RoleAdmin}

var roleNames = [...]string{"none", "viewer", "editor", "approver", "admin", "administrator"}

// String is the role's name on the wire and on the command line.
func (r Role) String() string {
	if r < 0 || int(r) >= len(roleNames) {
		return roleNames[RoleNone]
	}
	return roleNames[r]
}

// ParseRole returns the role of that name that somebody can have in a project.
func ParseRole(name string) (Role, bool) {
	for _, r := range Roles {
		if r.String() == name {
			return r, true
		}
	}
	return RoleNone, false
}

// Allow refuses whoever may do less than a role: Forbidden. It is the one place
// that compares roles.
func Allow(a Actor, needed Role) error {
	switch {
	case a.Role >= needed:
		return nil
	case needed == RoleAdministrator:
		return Errorf(Forbidden, "access.administrator")
	default:
		return Errorf(Forbidden, "access.role", "needed", M("role."+needed.String()), "has", M("role."+a.Role.String()))
	}
}
