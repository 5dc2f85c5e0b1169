package wire

// csbsNumbers gives each message its number (spec/replication.md §3). What is only
// wrong in form has none: that is csbsInvalid.
var csbsNumbers = map[string]number{
	"wire.resource_type": csbsServerType,

	"policy.backing_up":     csbsPlanBusy,
	"policy.changed":        csbsPlanBusy,
	"policy.name_taken":     csbsName,
	"policy.not_found":      csbsNoPlan,
	"policy.replicating":    csbsPlanBusy,
	"policy.resource_taken": csbsServerUsed,
	"policy.too_many":       csbsLimit,

	"backup.being_replicated":     csbsItemBusy,
	"backup.busy":                 csbsItemBusy,
	"backup.checkpoint_not_found": csbsNoItem,
	"backup.not_available":        csbsItemState,
	"backup.not_found":            csbsNoItem,
	"backup.nothing":              csbsNothing,
	"backup.resource_unknown":     csbsNoServer,
	"backup.too_many":             csbsQuota,
	"backup.under_way":            csbsBackingUp,
	"backup.under_way_auto":       csbsScheduled,

	"replication.is_replica":       csbsReplica,
	"replication.not_available":    csbsItemState,
	"replication.not_found":        csbsNoTask,
	"replication.on_its_way":       csbsThere,
	"replication.record_not_found": csbsNoTask,
	"replication.there":            csbsThere,
	"replication.under_way":        csbsCopying,

	"region.destination_same":    csbsDestination,
	"region.destination_unknown": csbsDestination,
	"region.project_unknown":     csbsProject,

	"tag.character":    csbsTags,
	"tag.edge_space":   csbsTags,
	"tag.key_required": csbsTags,
	"tag.key_twice":    csbsTags,
	"tag.too_long":     csbsTags,
	"tag.too_many":     csbsTags,
}
