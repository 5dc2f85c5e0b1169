package wire

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// dliRoutes is the part of DLI that is about classic connections and the
// queues that use them (spec/connections.md §1, §7).
func (s *server) dliRoutes(e *echo.Echo) {
	dli := family{s, dliError}
	serve(e, "CreateDatasourceConnection", dli.inProject(s.createConnection))
	serve(e, "ListDatasourceConnections", dli.inProject(s.listConnections))
	serve(e, "ShowDatasourceConnection", dli.inProject(s.showConnection))
	serve(e, "DeleteDatasourceConnection", dli.inProject(s.deleteConnection))
	// Ours: the cloud's console does this, but no call of it is public.
	serve(e, "AssociateQueueToDatasourceConnection", dli.inProject(s.associateQueues))
	serve(e, "DisassociateQueueFromDatasourceConnection", dli.inProject(s.disassociateQueues))
	serve(e, "ReactivateDatasourceConnection", dli.inProject(s.reactivateConnection))

	serve(e, "CreateQueue", dli.inProject(s.createQueue))
	serve(e, "ListQueues", dli.inProject(s.listQueues))
	serve(e, "ShowQueue", dli.inProject(s.showQueue))
	serve(e, "DeleteQueue", dli.inProject(s.deleteQueue))
	serve(e, "CreateConnectivityTask", dli.inProject(s.testAddress))
	serve(e, "ShowConnectivityTask", dli.inProject(s.showAddressTest))

	ext := family{s, extensionError}
	serve(e, "TestConnectionDraft", ext.inProject(s.testConnection))
	serve(e, "DiagnoseConnection", ext.inProject(s.diagnoseConnection))
	serve(e, "ShowConnectionTags", ext.inProject(s.connectionTags))
	serve(e, "UpdateConnectionTags", ext.inProject(s.tagConnection))
}

// createConnection answers POST …/datasource-connection: the connection is
// stored, and created in the background.
func (s *server) createConnection(c echo.Context, scope api.Scope) error {
	draft, err := readConnection(c)
	if err != nil {
		return err
	}
	conn, err := s.Service.CreateConnection(c.Request().Context(), scope, draft)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, struct {
		dliOutcome

		ID string `json:"connection_id"`
	}{dliOutcome{Success: true}, conn.ID})
}

// listConnections answers GET …/datasource-connection: all of them, deleted
// ones, too, in the order of their creation. The count is that of all that
// match, whatever part of them is asked for.
func (s *server) listConnections(c echo.Context, scope api.Scope) error {
	asked, err := readConnectionList(c)
	if err != nil {
		return err
	}
	count := 0
	return stream(s, c, list[api.Connection]{
		head: `{"is_success":true,"message":"","connections":[`,
		page: func(cursor string) (api.Page[api.Connection], error) {
			asked.Cursor = cursor
			return s.Service.ListConnections(c.Request().Context(), scope, asked.ConnectionQuery)
		},
		encode: func(conn *api.Connection) any {
			if asked.name != "" && asked.name != conn.Name {
				return nil
			}
			count++
			if place := count - asked.offset; place < 1 || asked.limit > 0 && place > asked.limit {
				return nil
			}
			return encodeConnection(c, conn)
		},
		tail: func() string { return `],"count":` + strconv.Itoa(count) + `}` },
	})
}

// showConnection answers GET …/datasource-connection/{id}.
func (s *server) showConnection(c echo.Context, scope api.Scope) error {
	conn, err := s.Service.Connection(c.Request().Context(), scope, param(c, "id"))
	if err != nil {
		return err
	}
	out := encodeConnection(c, &conn)
	out.Count = 1
	return answer(c, http.StatusOK, out)
}

// deleteConnection answers DELETE …/datasource-connection/{id}.
func (s *server) deleteConnection(c echo.Context, scope api.Scope) error {
	if err := s.Service.DeleteConnection(c.Request().Context(), scope, param(c, "id"), 0); err != nil {
		return err
	}
	return answer(c, http.StatusOK, dliOutcome{true, "Deleted"})
}

// associateQueues answers POST …/{id}/associate-queue {"queues": ["q1"]}, as
// enhanced connections have it.
func (s *server) associateQueues(c echo.Context, scope api.Scope) error {
	return changeQueues(c, scope, s.Service.BindQueues, "associated peer connection for queues: {%s}.")
}

// disassociateQueues answers POST …/{id}/disassociate-queue {"queues": ["q1"]}.
func (s *server) disassociateQueues(c echo.Context, scope api.Scope) error {
	return changeQueues(c, scope, s.Service.UnbindQueues, "Disassociated peer connection for queues:{%s}.")
}

// changeQueues does something with the queues that the body names, and says so
// in the dialect's words.
func changeQueues(c echo.Context, scope api.Scope, change func(context.Context, api.Scope, string, []string) (api.Connection, error), done string) error {
	queues, err := readQueues(c)
	if err != nil {
		return err
	}
	if _, err := change(c.Request().Context(), scope, param(c, "id"), queues); err != nil {
		return err
	}
	return answer(c, http.StatusOK, dliOutcome{true, fmt.Sprintf(done, strings.Join(queues, ","))})
}

// queuesBody names queues.
type queuesBody struct {
	Queues []string `json:"queues"`
}

func readQueues(c echo.Context) ([]string, error) {
	var body queuesBody
	if err := decodeBody(c, &body); err != nil {
		return nil, err
	}
	if body.Queues == nil {
		return nil, api.Errorf(api.Invalid, "wire.body_type", "field", "queues", "want", "array")
	}
	return body.Queues, nil
}

// reactivateConnection answers POST …/{id}/reactivate.
func (s *server) reactivateConnection(c echo.Context, scope api.Scope) error {
	if _, err := s.Service.ReactivateConnection(c.Request().Context(), scope, param(c, "id")); err != nil {
		return err
	}
	return answer(c, http.StatusOK, dliOutcome{Success: true})
}
