"""The CRM in plain SQL: people, numbers, interactions, activities, service requests."""
