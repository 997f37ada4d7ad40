package view

import (
	"fmt"

	"github.com/novumsolvo/migrateiq/engine/plan"
)

// ledgers says where the program will make tables of its own.
func (p *planText) ledgers() {
	for _, l := range p.plan.Ledgers {
		p.line("  %s", p.title("Before the first step on "+l.Target+":"))
		for _, s := range l.Statements {
			p.ledger(plan.Step{Statement: &s})
		}
	}
	if len(p.plan.Ledgers) > 0 {
		p.line("")
	}
}

func (p *planText) ledger(s plan.Step) {
	sql := s.Statement.SQL
	switch same := len(sql) == 1 && sql[0] == s.Statement.What; {
	case p.detail == Full && !same:
		p.line("         %s", s.Statement.What)
		p.sql(s)
	case same:
		p.line("         %s", s.Statement.What)
	default:
		p.line("         %s %s", s.Statement.What, p.faint(fmt.Sprintf("(%s hidden; --full shows them)", amount(int64(len(sql)), "statement"))))
	}
}
