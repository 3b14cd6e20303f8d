import { beginPage } from '../shell/begin'
import { App } from './app'

beginPage('presenter', <App />, null)
