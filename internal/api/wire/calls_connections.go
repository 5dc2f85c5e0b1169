package wire

import "switchboard/internal/api"

func (p *program) aboutConnections(d api.Deed) error {
	switch d := d.(type) {
	case api.CreateConnection:
		return p.add("CreateDatasourceConnection", nil, connectionBody(d.Draft), nil)
	case api.TagConnection:
		return p.add("UpdateConnectionTags", p.connection(d.ID), tagsJSON{array(d.Tags)}, nil)
	case api.ReactivateConnection:
		return p.add("ReactivateDatasourceConnection", p.connection(d.ID), nil, nil)
	case api.BindQueues:
		return p.add("AssociateQueueToDatasourceConnection", p.connection(d.ID), queuesBody{array(d.Queues)}, nil)
	case api.UnbindQueues:
		return p.add("DisassociateQueueFromDatasourceConnection", p.connection(d.ID), queuesBody{array(d.Queues)}, nil)
	case api.DeleteConnection:
		return p.add("DeleteDatasourceConnection", p.connection(d.ID), nil, nil)
	case api.CreateQueue:
		return p.add("CreateQueue", nil, queueBody(d.Draft), nil)
	case api.DeleteQueue:
		return p.add("DeleteQueue", pathParams{"queue": d.Name}, nil, nil)
	}
	return noCalls(d)
}

func (p *program) connection(id string) pathParams {
	return pathParams{"id": p.at.id(api.KindConnection, id)}
}
