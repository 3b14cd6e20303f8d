"""Who may do what: roles, permissions, and the credentials that give a role."""
