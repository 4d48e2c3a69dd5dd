"""The Flask extensions of the app: objects only, bound in create_app."""

from __future__ import annotations

from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

db = SQLAlchemy(session_options={"expire_on_commit": False}, disable_autonaming=True)
login_manager = LoginManager()
csrf = CSRFProtect()
