package templates

import (
	"context"

	"switchboard/internal/locale"
)

// The lists of the section of replication, by where they are below it.
const (
	PoliciesTab = ""
	BackupsTab  = "backups"
	RunsTab     = "runs"
	RegionsTab  = "regions"
)

// ReplicationPath is the path of the section in the project of a page.
func ReplicationPath(f Frame) string { return f.Project.Href + "/" + SectionReplication }

func replicationTabs(ctx context.Context, f Frame, current string) []Tab {
	tab := func(list, label string) Tab {
		href := ReplicationPath(f)
		if list != "" {
			href += "/" + list
		}
		return Tab{Label: locale.T(ctx, label), Href: href, Current: list == current}
	}
	return []Tab{
		tab(PoliciesTab, "policies.title"), tab(BackupsTab, "policies.tab_backups"),
		tab(RunsTab, "policies.tab_runs"), tab(RegionsTab, "policies.tab_regions"),
	}
}
